/** Leader port: a view's end of the connection to its leader. The port closes when the leader has ended. */
import type { Port } from '@hearsay/port'

/** The channel of the messages: a BroadcastChannel with one other end, or a MessagePort in the leader's own tab. */
type Carrier = BroadcastChannel | MessagePort

export class LeaderPort extends EventTarget implements Port {
  /** Id of the leader. */
  readonly leader: string
  readonly #carrier: Carrier
  #isClosed = false

  constructor(carrier: Carrier, leader: string) {
    super()
    this.leader = leader
    this.#carrier = carrier
  }

  /** A BroadcastChannel throws after it was closed, a MessagePort does not: a page that closes may still send. */
  postMessage(message: unknown): void {
    if (!this.#isClosed) this.#carrier.postMessage(message)
  }

  /** Setting `onmessage` starts a MessagePort. */
  start(): void {
    this.#carrier.onmessage = ({ data }: MessageEvent) =>
      this.dispatchEvent(new MessageEvent('message', { data }))
  }

  /** The leader has ended. The view then closes the port. */
  ended(): void {
    this.dispatchEvent(new Event('close'))
  }

  close(): void {
    this.#isClosed = true
    this.#carrier.close()
  }
}
