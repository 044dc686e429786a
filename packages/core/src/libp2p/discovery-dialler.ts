/**
 * Discovery dialler: dials peers of the local network that this member does not see alive.
 *
 * While this member sees no other member, it dials immediately. Otherwise the member waits 1.5 to 4.5 s and dials only if
 * gossip has not brought the peer by then. A member dials each peer at most once in a healing interval, and at random, as in
 * partition healing, so that only few members dial it.
 *
 * Any host of the network can announce peers that do not exist, at addresses of others. So a member dials at most six
 * announced peers in a minute. A member dials one host and port at most twice in a minute, and then less and less often. A
 * member dials no DNS name, and no loopback address unless all members are on this computer.
 */
import type { PeerDiscoveryEvents, PeerInfo, TypedEventTarget } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { MemberStatus } from '../member/member.ts'
import { healIntervalMs, healingTargets } from '../overlay/partition-healing.ts'
import { isDialable } from './dial-addresses.ts'
import { EndpointBackoff, endpointOf } from './endpoint-backoff.ts'

export interface DiscoveryOptions {
  /** Emits a peer each time its announcement arrives. The libp2p node would emit it only once. */
  readonly discovery: TypedEventTarget<PeerDiscoveryEvents>
  readonly status: (id: string) => MemberStatus | undefined
  /** Number of members that are alive or suspect, the local one included. */
  readonly visible: () => number
  /** Addresses on which this member listens. */
  readonly own: () => Multiaddr[]
  readonly dial: (addresses: Multiaddr[]) => Promise<{ readonly remoteAddr: Multiaddr }>
  readonly random: () => number
}

const waitBeforeDialMs = 3_000
/** Limits the memory for peers, because any host of the network can announce invented ones. */
const maxDiscovered = 256
/** Our choice: the first members in a network find each other at once, and gossip brings the others. */
const maxDialsPerMinute = 6
const minuteMs = 60_000
/** Our choice: more than a member has addresses that others can use. */
const maxAddresses = 4

/** Dials discovered peers from now on. @returns a function that stops the dialling */
export function dialDiscovered({
  discovery,
  status,
  visible,
  own,
  dial,
  random,
}: DiscoveryOptions): () => void {
  /** Peers that this member will dial, or has considered within the last healing interval. */
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const backoff = new EndpointBackoff()
  let recentMs: number[] = []
  const isPresentStatus = (id: string) => ['alive', 'suspect'].includes(status(id) ?? '')

  const attempt = (id: string, addresses: Multiaddr[]): void => {
    timers.set(
      id,
      setTimeout(() => timers.delete(id), healIntervalMs),
    )
    if (isPresentStatus(id) || healingTargets(visible(), [id], random).length === 0) return
    const nowMs = performance.now()
    recentMs = recentMs.filter(dialMs => nowMs - dialMs < minuteMs)
    if (recentMs.length >= maxDialsPerMinute) return
    const dialable = addresses
      .filter(address => backoff.isDue(endpointOf(address), nowMs))
      .slice(0, maxAddresses)
    if (dialable.length === 0) return
    for (const address of dialable) backoff.dialled(endpointOf(address), nowMs)
    recentMs.push(nowMs)
    // A failure needs no handling: the peer will be announced again.
    dial(dialable).then(
      ({ remoteAddr }) => void backoff.succeeded(endpointOf(remoteAddr)),
      () => {},
    )
  }
  const discovered = ({ detail }: CustomEvent<PeerInfo>): void => {
    const id = detail.id.toString()
    if (timers.has(id) || timers.size >= maxDiscovered || isPresentStatus(id)) return
    // Dial these addresses, not the peer's id: libp2p would first try all addresses that it ever had for the
    // peer.
    const addresses = detail.multiaddrs
      .filter(address => isDialable(address, { own: own() }))
      .map(address => address.encapsulate(`/p2p/${id}`))
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
