/**
 * Outbound streams: at most one a member and channel, opened when there is something to say, or will be soon.
 *
 * The first frame on each is a hello, sent together with what waited for the stream. What cannot be sent is
 * dropped, and the stream forgotten: the next frame opens another.
 */
import type { Connection, Logger, Stream } from '@libp2p/interface'
import { concat } from 'uint8arrays/concat'
import type { Channel } from '../cluster/ports.ts'
import { prefixed, readFrames, writeFrame } from './frame-stream.ts'
import { channels, protocols } from './protocols.ts'

export interface OutboundStreamsOptions {
  readonly connect: (id: string) => Promise<Connection>
  readonly hello: () => Uint8Array
  /** The other end says nothing on these streams but that it is of another cluster. */
  readonly answered: (id: string, frame: Uint8Array) => void
  readonly log: Logger
}

const openTimeoutMs = 5_000
/** Frames that wait for their stream to open. */
const maxWaitingFrames = 64

type Outbound = { type: 'opening'; waiting: Uint8Array[] } | { type: 'open'; stream: Stream }

export class OutboundStreams {
  readonly #options: OutboundStreamsOptions
  readonly #streams: Readonly<Record<Channel, Map<string, Outbound>>> = {
    probe: new Map(),
    sync: new Map(),
    space: new Map(),
  }

  constructor(options: OutboundStreamsOptions) {
    this.#options = options
  }

  send(to: string, channel: Channel, frame: Uint8Array): void {
    const bytes = prefixed(frame)
    const outbound = this.#streams[channel].get(to)
    if (outbound?.type === 'opening') {
      if (outbound.waiting.length < maxWaitingFrames) outbound.waiting.push(bytes)
      return
    }
    if (outbound && writeFrame(outbound.stream, bytes)) return
    this.#open(to, channel, [bytes])
  }

  /** Opens the stream if there is none: what is said soon need not wait for it. */
  open(to: string, channel: Channel): void {
    if (!this.#streams[channel].has(to)) this.#open(to, channel, [])
  }

  /** A newer connection stands: what is said from now on, or waits to be said, goes over that. */
  move(id: string): void {
    for (const channel of channels) {
      const outbound = this.#streams[channel].get(id)
      this.#streams[channel].delete(id)
      if (outbound?.type === 'open') outbound.stream.close().catch(() => {})
      else if (outbound) this.#open(id, channel, outbound.waiting)
    }
  }

  /** The last connection is gone. */
  closed(id: string): void {
    for (const streams of Object.values(this.#streams)) streams.delete(id)
  }

  stop(): void {
    for (const streams of Object.values(this.#streams)) {
      for (const outbound of streams.values())
        if (outbound.type === 'open') outbound.stream.close().catch(() => {})
      streams.clear()
    }
  }

  #open(to: string, channel: Channel, waiting: Uint8Array[]): void {
    const { connect, log } = this.#options
    const streams = this.#streams[channel]
    const opening: Outbound = { type: 'opening', waiting }
    streams.set(to, opening)
    connect(to)
      .then(connection =>
        connection.newStream(protocols[channel], { signal: AbortSignal.timeout(openTimeoutMs) }),
      )
      .then(stream => {
        if (streams.get(to) === opening) this.#opened(to, channel, stream, opening.waiting)
        else stream.abort(new Error('no longer wanted'))
      })
      .catch(error => {
        if (streams.get(to) === opening) streams.delete(to)
        log('%s stream to %s not opened - %e', channel, to, error)
      })
  }

  #opened(to: string, channel: Channel, stream: Stream, waiting: readonly Uint8Array[]): void {
    const { hello, answered } = this.#options
    const streams = this.#streams[channel]
    streams.set(to, { type: 'open', stream })
    stream.addEventListener('close', () => {
      const current = streams.get(to)
      if (current?.type === 'open' && current.stream === stream) streams.delete(to)
    })
    readFrames(stream, frame => answered(to, frame))
    writeFrame(stream, concat([prefixed(hello()), ...waiting]))
  }
}
