/**
 * Discovery: the local network says again and again who is there, and whoever is not alive for us is dialled.
 *
 * At once while nobody else is; later otherwise, and only if gossip, which is sooner than everybody's dial, has not
 * brought it until then. Each peer is tried once in a healing interval at most, by no more members than heal.
 */
import type { PeerDiscoveryEvents, PeerInfo, TypedEventTarget } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { MemberStatus } from '../member/member.ts'
import { healIntervalMs, healingTarget } from '../overlay/partition-healing.ts'

export interface DiscoveryOptions {
  /** Tells of a peer each time it hears of it, unlike the node, which does so once. */
  readonly discovery: TypedEventTarget<PeerDiscoveryEvents>
  readonly status: (id: string) => MemberStatus | undefined
  /** Members seen, oneself included. */
  readonly visible: () => number
  readonly dial: (addresses: Multiaddr[]) => Promise<unknown>
  readonly random: () => number
}

const waitBeforeDialMs = 3_000
/** Anybody can make up peers. */
const maxDiscovered = 256

/** Returns its undo. */
export function dialDiscovered({ discovery, status, visible, dial, random }: DiscoveryOptions): () => void {
  /** Who is to be tried, or was within a healing interval. */
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const isPresentStatus = (id: string) => ['alive', 'suspect'].includes(status(id) ?? '')

  const attempt = (id: string, addresses: Multiaddr[]): void => {
    timers.set(
      id,
      setTimeout(() => timers.delete(id), healIntervalMs),
    )
    if (!isPresentStatus(id) && healingTarget(visible(), [{ type: 'member', id }], random))
      // Not reached: it will be heard of again.
      dial(addresses).catch(() => {})
  }
  const heard = ({ detail }: CustomEvent<PeerInfo>): void => {
    const id = detail.id.toString()
    if (timers.has(id) || timers.size >= maxDiscovered || isPresentStatus(id)) return
    // Not by its id alone: libp2p would try all addresses it ever had first.
    const addresses = detail.multiaddrs.map(address => address.encapsulate(`/p2p/${id}`))
    const waitMs = visible() <= 1 ? 0 : waitBeforeDialMs * (0.5 + random())
    timers.set(
      id,
      setTimeout(() => attempt(id, addresses), waitMs),
    )
  }

  discovery.addEventListener('peer', heard)
  return () => {
    discovery.removeEventListener('peer', heard)
    for (const timer of timers.values()) clearTimeout(timer)
    timers.clear()
  }
}
