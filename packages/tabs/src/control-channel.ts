/**
 * Control channel: how the tabs of one cluster find their leader.
 *
 * Each message goes to all other tabs. The content of a view goes over the view's own channel, and to the leader only.
 */

export type ControlMessage =
  /** A view asks the leader to serve it on this channel. */
  | { readonly type: 'open'; readonly view: string; readonly channel: string }
  /** The leader serves the view on this channel. */
  | { readonly type: 'opened'; readonly channel: string; readonly leader: string }
  /** A leader has joined the cluster. */
  | { readonly type: 'leading'; readonly leader: string }
  /** The leader hands over. Views wait for the next one. */
  | { readonly type: 'ended'; readonly leader: string }
  /** A view has ended, or its tab is frozen. */
  | { readonly type: 'closed'; readonly view: string }
  /** The tab that is next in line asks whether the leader runs. */
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }

export class ControlChannel {
  readonly #channel: BroadcastChannel
  readonly #listeners = new Set<(message: ControlMessage) => void>()

  /** @param name tabs with the same name share a channel */
  constructor(name: string) {
    this.#channel = new BroadcastChannel(`hearsay:tabs:${name}`)
    this.#channel.onmessage = ({ data }: MessageEvent<ControlMessage>) => {
      for (const listener of [...this.#listeners]) listener(data)
    }
  }

  send(message: ControlMessage): void {
    this.#channel.postMessage(message)
  }

  /** @returns a function that ends the calls */
  listen(listener: (message: ControlMessage) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#listeners.clear()
    this.#channel.close()
  }
}
