/**
 * Gossip topics: the gossip routers of one member. One router serves the cluster, and one serves each known
 * space.
 */
import type { GossipFrame } from './gossip-frame.ts'
import type { GossipRouter } from './gossip-router.ts'

export class GossipTopics {
  readonly #make: (space: string | undefined) => GossipRouter
  readonly #routers = new Map<string | undefined, GossipRouter>()
  /** Id → whether this member dialled the peer. */
  readonly #peers = new Map<string, boolean>()

  /** @param make creates the router of a space, or the router of the cluster if `space` is undefined */
  constructor(make: (space: string | undefined) => GossipRouter) {
    this.#make = make
    this.of(undefined)
  }

  /** The number of spaces with a router. */
  get spaces(): number {
    return this.#routers.size - 1
  }

  /** The router of a space, or the router of the cluster if `space` is undefined. */
  of(space: string | undefined): GossipRouter {
    const known = this.#routers.get(space)
    if (known) return known
    const router = this.#make(space)
    this.#routers.set(space, router)
    for (const [id, isOutbound] of this.#peers) router.connected(id, isOutbound)
    return router
  }

  connected(id: string, isOutbound: boolean): void {
    this.#peers.set(id, isOutbound)
    for (const router of this.#routers.values()) router.connected(id, isOutbound)
  }

  disconnected(id: string): void {
    this.#peers.delete(id)
    for (const router of this.#routers.values()) router.disconnected(id)
  }

  receive(from: string, space: string | undefined, frame: GossipFrame): void {
    this.of(space).receive(from, frame)
  }
}
