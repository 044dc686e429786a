/**
 * Control channel: how the tabs of one cluster find their leader.
 *
 * Each message goes to all other tabs. The content of a view goes over the view's own channel, and to the leader only.
 * Any script of the origin can send on the channel, so tabs ignore messages of another form.
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

/** The fields of each type of message, all of them texts. */
const fields: Readonly<Record<ControlMessage['type'], readonly string[]>> = {
  open: ['view', 'channel'],
  opened: ['channel', 'leader'],
  leading: ['leader'],
  ended: ['leader'],
  closed: ['view'],
  ping: [],
  pong: [],
}

export class ControlChannel {
  readonly #channel: BroadcastChannel
  readonly #listeners = new Set<(message: ControlMessage) => void>()

  /** @param name tabs with the same name share a channel */
  constructor(name: string) {
    this.#channel = new BroadcastChannel(`hearsay:tabs:${name}`)
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isMessage(data)) for (const listener of [...this.#listeners]) listener(data)
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

function isMessage(data: unknown): data is ControlMessage {
  const { type, ...rest } = Object(data)
  return Object.hasOwn(fields, type) && fields[type as ControlMessage['type']].every(isTextIn)

  function isTextIn(name: string): boolean {
    return typeof rest[name] === 'string' && rest[name] !== ''
  }
}
