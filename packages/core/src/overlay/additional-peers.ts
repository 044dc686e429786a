/**
 * Additional peers: the members besides the ring neighbours to which a member keeps connections: members with which it
 * shares a space, its relays, and one random link. These peers are not monitored.
 */
import { RandomLink } from './random-link.ts'

/** A browser page listens over two relays. */
const maxRelays = 2

export class AdditionalPeers {
  readonly randomLink: RandomLink
  #extraPeers: readonly string[] = []
  #relays: readonly string[] | undefined

  constructor(random: () => number, nowMs: number) {
    this.randomLink = new RandomLink(random, nowMs)
  }

  setExtraPeers(ids: readonly string[]): void {
    this.#extraPeers = ids
  }

  setRelays(ids: readonly string[]): void {
    this.#relays = ids
  }

  /**
   * @param answering the members that answer at the bootstrap addresses. While a member that needs relays has none, they are
   * candidates: other members reach this member over these connections
   */
  ids(isDialable: (id: string) => boolean, answering: () => readonly string[]): string[] {
    const { id } = this.randomLink
    const relays = this.#relays?.length === 0 ? answering() : (this.#relays ?? [])
    return [
      ...this.#extraPeers.filter(isDialable),
      ...(id !== undefined && isDialable(id) ? [id] : []),
      ...relays.filter(isDialable).slice(0, maxRelays),
    ]
  }
}
