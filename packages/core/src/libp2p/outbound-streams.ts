/**
 * Outbound streams: at most one a member and channel, opened when there is something to say, or will be soon.
 *
 * The first frame on each is a hello, sent together with what waited for the stream. What cannot be sent is
 * dropped, and the stream forgotten: the next frame opens another. A member with several connections is answered over the
 * one on which its last frame came: two processes may have one identity, and an answer belongs to the one that asked.
 */
import type { Connection, Logger, Stream } from '@libp2p/interface'
import { concat } from 'uint8arrays/concat'
import type { Channel } from '../runtime/ports.ts'
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

type Open = { readonly type: 'open'; readonly stream: Stream; readonly connection: Connection }
type Outbound = { type: 'opening'; queued: Uint8Array[] } | Open

export class OutboundStreams {
  readonly #options: OutboundStreamsOptions
  readonly #streams: Readonly<Record<Channel, Map<string, Outbound>>> = {
    probe: new Map(),
    sync: new Map(),
    space: new Map(),
  }

  /** Of members with several connections: over which one they are answered. */
  readonly #answeringOver = new Map<string, Connection>()
  /** Streams over connections that are not used at present, but may be again. */
  readonly #idle = new WeakMap<Connection, Map<Channel, Open>>()

  constructor(options: OutboundStreamsOptions) {
    this.#options = options
  }

  send(to: string, channel: Channel, frame: Uint8Array): void {
    const bytes = prefixed(frame)
    const outbound = this.#current(to, channel)
    if (outbound?.type === 'opening') {
      if (outbound.queued.length < maxWaitingFrames) outbound.queued.push(bytes)
      return
    }
    if (outbound && writeFrame(outbound.stream, bytes)) return
    this.#open(to, channel, [bytes])
  }

  /** Opens the stream if there is none: what is said soon need not wait for it. */
  open(to: string, channel: Channel): void {
    if (!this.#streams[channel].has(to)) this.#open(to, channel, [])
  }

  /** A frame of a member with several connections came over this one. */
  answerOver(id: string, connection: Connection): void {
    this.#answeringOver.set(id, connection)
  }

  /** A newer connection stands: what is said from now on, or waits to be said, goes over that. */
  move(id: string): void {
    this.#answeringOver.delete(id)
    for (const channel of channels) {
      const outbound = this.#streams[channel].get(id)
      this.#streams[channel].delete(id)
      if (outbound?.type === 'open') outbound.stream.close().catch(() => {})
      else if (outbound) this.#open(id, channel, outbound.queued)
    }
  }

  /** One of several connections is gone. */
  closedOne(id: string, connection: Connection): void {
    if (this.#answeringOver.get(id) === connection) this.#answeringOver.delete(id)
  }

  /** The last connection is gone. */
  closed(id: string): void {
    this.#answeringOver.delete(id)
    for (const streams of Object.values(this.#streams)) streams.delete(id)
  }

  stop(): void {
    for (const streams of Object.values(this.#streams)) {
      for (const outbound of streams.values())
        if (outbound.type === 'open') outbound.stream.close().catch(() => {})
      streams.clear()
    }
  }

  #open(to: string, channel: Channel, queued: Uint8Array[]): void {
    const { connect, log } = this.#options
    const streams = this.#streams[channel]
    const opening: Outbound = { type: 'opening', queued }
    streams.set(to, opening)
    const answering = this.#answeringOver.get(to)
    const connected = answering?.status === 'open' ? Promise.resolve(answering) : connect(to)
    connected
      .then(async connection => {
        const signal = AbortSignal.timeout(openTimeoutMs)
        const stream = await connection.newStream(protocols[channel], { signal })
        if (streams.get(to) === opening)
          this.#opened(to, channel, { type: 'open', stream, connection }, opening.queued)
        else stream.abort(new Error('no longer wanted'))
      })
      .catch(error => {
        if (streams.get(to) === opening) streams.delete(to)
        log('%s stream to %s not opened - %e', channel, to, error)
      })
  }

  /** The stream to be used now, if there is one. */
  #current(to: string, channel: Channel): Outbound | undefined {
    const streams = this.#streams[channel]
    const outbound = streams.get(to)
    const answering = this.#answeringOver.get(to)
    if (!answering || outbound?.type !== 'open' || outbound.connection === answering) return outbound
    const idle = this.#idle.get(outbound.connection) ?? new Map<Channel, Open>()
    this.#idle.set(outbound.connection, idle.set(channel, outbound))
    const other = this.#idle.get(answering)?.get(channel)
    if (other) streams.set(to, other)
    else streams.delete(to)
    return other
  }

  #opened(to: string, channel: Channel, open: Open, waiting: readonly Uint8Array[]): void {
    const { hello, answered } = this.#options
    const { stream, connection } = open
    const streams = this.#streams[channel]
    streams.set(to, open)
    stream.addEventListener('close', () => {
      if (streams.get(to) === open) streams.delete(to)
      const idle = this.#idle.get(connection)
      if (idle?.get(channel) === open) idle.delete(channel)
    })
    readFrames(stream, frame => answered(to, frame))
    writeFrame(stream, concat([prefixed(hello()), ...waiting]))
  }
}
