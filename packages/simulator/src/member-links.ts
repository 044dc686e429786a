/**
 * Member links: a member's connections, by the peer at the other end.
 *
 * Two processes with one identity are one peer with up to two connections, as in libp2p. Gossip uses the first connection
 * and sends nothing after it closes. Frames use the connection over which the last frame arrived. The peer is
 * disconnected when its last connection closes.
 */
import { farEnd, type Link } from './link.ts'

/** @typeParam End a member, as the network sees it */
export class MemberLinks<End> {
  readonly #owner: End
  readonly #links = new Map<string, readonly Link<End>[]>()
  /** The connection over which the last frame arrived, or the newest. */
  readonly #framesOver = new Map<string, Link<End>>()
  readonly #gossip = new Map<string, Link<End>>()
  /** Peers that broke the protocol → until when they are refused, in virtual ms. */
  readonly #refused = new Map<string, number>()

  constructor(near: End) {
    this.#owner = near
  }

  refuse(id: string, untilMs: number): void {
    this.#refused.set(id, untilMs)
  }

  isRefused(id: string, nowMs: number): boolean {
    return nowMs < (this.#refused.get(id) ?? nowMs)
  }

  has(id: string): boolean {
    return this.#links.has(id)
  }

  /** The link that frames are sent over. */
  get(id: string): Link<End> | undefined {
    return this.#framesOver.get(id) ?? this.#links.get(id)?.[0]
  }

  /** The link that gossip is sent over; undefined: no gossip is sent. */
  gossip(id: string): Link<End> | undefined {
    return this.#gossip.get(id)
  }

  /** Peers that are connected, and to which no gossip is sent. */
  withoutPubsub(): string[] {
    return [...this.#links.keys()].filter(id => !this.#gossip.has(id))
  }

  /** A frame arrived over this link. */
  received(id: string, link: Link<End>): void {
    if (this.all(id).length > 1) this.#framesOver.set(id, link)
  }

  all(id: string): readonly Link<End>[] {
    return this.#links.get(id) ?? []
  }

  entries(): readonly (readonly [id: string, link: Link<End>])[] {
    return [...this.#links].flatMap(([id, links]) => links.map(link => [id, link] as const))
  }

  /** Adds a link; replaces an older link to the same process. @returns whether it is the first link to this peer */
  add(id: string, link: Link<End>): boolean {
    const before = this.all(id)
    const far = farEnd(link, this.#owner)
    const gossip = this.#gossip.get(id)
    if (before.length === 0 || (gossip && farEnd(gossip, this.#owner) === far)) this.#gossip.set(id, link)
    this.#framesOver.set(id, link)
    this.#links.set(id, [...before.filter(each => farEnd(each, this.#owner) !== far), link])
    return before.length === 0
  }

  /** @returns whether it was the last link to this peer */
  remove(id: string, link: Link<End>): boolean {
    const before = this.all(id)
    const left = before.filter(each => each !== link)
    for (const used of [this.#framesOver, this.#gossip]) if (used.get(id) === link) used.delete(id)
    if (left.length > 0) this.#links.set(id, left)
    else this.#links.delete(id)
    return before.length > 0 && left.length === 0
  }

  clear(): void {
    this.#links.clear()
    this.#framesOver.clear()
    this.#gossip.clear()
  }
}
