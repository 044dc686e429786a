/**
 * Discovery dialler: dials peers of the local network that this member does not see alive.
 *
 * While this member sees no other member, it dials immediately. Otherwise it waits 1.5 to 4.5 s and dials only if gossip has
 * not brought the peer by then. Each peer is dialled at most once in a healing interval, by as few members as heal a
 * partition.
 */
import type { PeerDiscoveryEvents, PeerInfo, TypedEventTarget } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { MemberStatus } from '../member/member.ts'
import { healIntervalMs, healingTarget } from '../overlay/partition-healing.ts'

export interface DiscoveryOptions {
  /** Emits a peer each time its announcement arrives. The libp2p node would emit it only once. */
  readonly discovery: TypedEventTarget<PeerDiscoveryEvents>
  readonly status: (id: string) => MemberStatus | undefined
  /** Number of members that are alive or suspect, the local one included. */
  readonly visible: () => number
  readonly dial: (addresses: Multiaddr[]) => Promise<unknown>
  readonly random: () => number
}

const waitBeforeDialMs = 3_000
/** Limits the memory for peers, because any host of the network can announce invented ones. */
const maxDiscovered = 256

/** Dials discovered peers from now on. @returns a function that stops the dialling */
export function dialDiscovered({ discovery, status, visible, dial, random }: DiscoveryOptions): () => void {
  /** Peers that this member will dial, or has considered within the last healing interval. */
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const isPresentStatus = (id: string) => ['alive', 'suspect'].includes(status(id) ?? '')

  const attempt = (id: string, addresses: Multiaddr[]): void => {
    timers.set(
      id,
      setTimeout(() => timers.delete(id), healIntervalMs),
    )
    if (!isPresentStatus(id) && healingTarget(visible(), [{ type: 'member', id }], random))
      // A failure needs no handling: the peer will be announced again.
      dial(addresses).catch(() => {})
  }
  const discovered = ({ detail }: CustomEvent<PeerInfo>): void => {
    const id = detail.id.toString()
    if (timers.has(id) || timers.size >= maxDiscovered || isPresentStatus(id)) return
    // Dial these addresses, not the peer's id: libp2p would first try all addresses that it ever had for the
    // peer.
    const addresses = detail.multiaddrs.map(address => address.encapsulate(`/p2p/${id}`))
    const waitMs = visible() <= 1 ? 0 : waitBeforeDialMs * (0.5 + random())
    timers.set(
      id,
      setTimeout(() => attempt(id, addresses), waitMs),
    )
  }

  discovery.addEventListener('peer', discovered)
  return () => {
    discovery.removeEventListener('peer', discovered)
    for (const timer of timers.values()) clearTimeout(timer)
    timers.clear()
  }
}
