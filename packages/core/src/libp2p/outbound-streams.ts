/**
 * Outbound streams: at most one for each member and channel, opened for the first frame or shortly before it.
 *
 * The first frame on each stream is a hello, sent together with the frames that waited for the stream. A frame that cannot
 * be sent is dropped with its stream, and the next frame opens a new stream. If a member has several connections, an
 * answer uses the connection on which the member's last frame arrived. The reason is that two processes may have one
 * identity, and an answer belongs to the process that sent the question.
 */
import type { Connection, Logger, Stream } from '@libp2p/interface'
import { concat } from 'uint8arrays/concat'
import type { Channel } from '../runtime/ports.ts'
import { readNothing } from './frame-reader.ts'
import { channels, prefixed, protocols, writeFrame } from './frame-stream.ts'

export interface OutboundStreamsOptions {
  /** An admitted connection to the member. */
  readonly connect: (id: string) => Promise<Connection>
  readonly hello: () => Uint8Array
  readonly log: Logger
}

const openTimeoutMs = 5_000
/** Maximum number of frames that wait for their stream to open. */
const maxWaitingFrames = 64

type Open = { readonly type: 'open'; readonly stream: Stream; readonly connection: Connection }
type Outbound = { type: 'opening'; queued: Uint8Array[] } | Open

export class OutboundStreams {
  readonly #options: OutboundStreamsOptions
  readonly #streams: Readonly<Record<Channel, Map<string, Outbound>>> = {
    probe: new Map(),
    sync: new Map(),
    space: new Map(),
    query: new Map(),
  }

  /** For members with several connections: the connection for answers. */
  readonly #answeringOver = new Map<string, Connection>()
  /** Streams of connections that are not in use now, but may be used again. */
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

  /** Opens the stream if there is none, so that the next frame need not wait for it. */
  open(to: string, channel: Channel): void {
    if (!this.#streams[channel].has(to)) this.#open(to, channel, [])
  }

  /** A frame arrived over this connection, from a member with several connections. */
  answerOver(id: string, connection: Connection): void {
    this.#answeringOver.set(id, connection)
  }

  /** A newer connection opened: queued and later frames use it. */
  move(id: string): void {
    this.#answeringOver.delete(id)
    for (const channel of channels) {
      const outbound = this.#streams[channel].get(id)
      this.#streams[channel].delete(id)
      if (outbound?.type === 'open') outbound.stream.close().catch(() => {})
      else if (outbound) this.#open(id, channel, outbound.queued)
    }
  }

  /** One of several connections to the member `id` closed. */
  closedOne(id: string, connection: Connection): void {
    if (this.#answeringOver.get(id) === connection) this.#answeringOver.delete(id)
  }

  /** The last connection closed. */
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

  /** The stream to use now, if there is one. */
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
    const { stream, connection } = open
    const streams = this.#streams[channel]
    streams.set(to, open)
    stream.addEventListener('close', () => {
      if (streams.get(to) === open) streams.delete(to)
      const idle = this.#idle.get(connection)
      if (idle?.get(channel) === open) idle.delete(channel)
    })
    // The other end answers on a stream of its own.
    readNothing(stream)
    writeFrame(stream, concat([prefixed(this.#options.hello()), ...waiting]))
  }
}
