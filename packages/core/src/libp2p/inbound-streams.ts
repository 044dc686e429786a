/**
 * Inbound streams: reads the frames on the streams that peers open.
 *
 * The first frame of a stream is a hello of this cluster. If it is not, the stream is aborted, and none of its frames is
 * delivered.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { Clock } from '../base/clock.ts'
import type { Channel } from '../runtime/ports.ts'
import { decodeHello } from '../wire/hello.ts'
import { FrameBudget } from './frame-budget.ts'
import { readFrames } from './frame-reader.ts'
import type { PeerClocks } from './peer-clocks.ts'
import type { VerificationQueue } from './verification-queue.ts'

export interface InboundStreamsOptions {
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly clock: Clock
  /** Learns the time in each hello. */
  readonly clocks: PeerClocks
  readonly verification: VerificationQueue
}

/** What is called within the reading of a stream. */
export interface FrameReceiver {
  /** A frame of the peer arrived over this connection, also if it is a hello. */
  arrived(from: string, connection: Connection): void
  /** A frame after the hello. Returns a promise if the frame is verified later. */
  frame(from: string, channel: Channel, frame: Uint8Array): void | Promise<void>
}

export class InboundStreams {
  readonly #options: InboundStreamsOptions
  readonly #budget = new FrameBudget()

  constructor(options: InboundStreamsOptions) {
    this.#options = options
  }

  /** The number of streams that were aborted because of unfinished frames. */
  get aborted(): number {
    return this.#budget.aborted
  }

  read(channel: Channel, stream: Stream, connection: Connection, receiver: FrameReceiver): void {
    const from = connection.remotePeer.toString()
    let helloReceived = false
    const onFrame = (frame: Uint8Array): void | Promise<void> => {
      receiver.arrived(from, connection)
      if (helloReceived) return receiver.frame(from, channel, frame)
      if (this.#isHelloOfCluster(connection, frame)) helloReceived = true
      else stream.abort(new Error('the first frame is no hello of this cluster'))
    }
    const { verification } = this.#options
    readFrames(stream, { budget: this.#budget, verification, peer: from, onFrame })
  }

  #isHelloOfCluster({ remotePeer, status }: Connection, frame: Uint8Array): boolean {
    const decoded = decodeHello(frame)
    if (!decoded.ok) return false
    const { cluster, epochMs } = decoded.value
    if (status === 'open')
      this.#options.clocks.received(remotePeer.toString(), epochMs, this.#options.clock.now())
    return cluster.every((byte, i) => byte === this.#options.cluster[i])
  }
}
