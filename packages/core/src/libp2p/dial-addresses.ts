/**
 * Dial addresses: which of the addresses in a member's record are dialled, in which order, and the addresses whose refusal
 * is evidence that the member is down.
 *
 * Another member's record may name anything. This member does not dial: DNS names, because the app did not choose the
 * server that resolves them; loopback addresses, unless the member is on this computer; link-local addresses, unless
 * this member has one, because clouds serve credentials there; and relays that are no members.
 *
 * Addresses on the host of the member's last connection come first. If they refuse a dial, this alone is evidence that the
 * member is down. If the member is on another host, some of its addresses may also be addresses of the local host:
 * every host has a loopback address, and many hosts have the same container bridge. Such addresses come last, and a
 * refusal by them is no evidence. Addresses on which this member listens are not dialled.
 */
import { isLoopback } from '@libp2p/utils'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'

export interface DialStep {
  readonly addresses: readonly Multiaddr[]
  /** Whether a refusal by these addresses is evidence that the member is down. */
  readonly counts: boolean
}

/**
 * @param own addresses on which this member listens
 * @param lastHost host of the member's last connection, in the form of `hostOf`
 * @returns groups to dial one after the other, none of them empty
 */
export function dialSteps(
  addresses: readonly Multiaddr[],
  own: readonly Multiaddr[],
  lastHost: string | undefined,
): DialStep[] {
  const ownHostKeys = new Set(own.map(hostKey))
  const ownHosts = new Set(own.map(hostOf))
  const isHere = (address: Multiaddr): boolean => isLoopback(address) || ownHosts.has(hostOf(address))
  // If this member listens on loopback only, all members are on one host.
  const isOwnHost =
    own.every(isLoopback) || (lastHost !== undefined && (isLoopbackHost(lastHost) || ownHosts.has(lastHost)))
  const likely: Multiaddr[] = []
  const others: Multiaddr[] = []
  const inconclusive: Multiaddr[] = []
  for (const address of addresses) {
    const host = hostOf(address)
    // An address behind a relay belongs to another host, even if the relay runs on the local host.
    if (host === undefined) others.push(address)
    else if (ownHostKeys.has(hostKey(address))) continue
    else if (host === lastHost) likely.push(address)
    else if (isHere(address) && !isOwnHost) inconclusive.push(address)
    else others.push(address)
  }
  const steps = [
    { addresses: likely, counts: true },
    { addresses: others, counts: true },
    { addresses: inconclusive, counts: false },
  ]
  return steps.filter(step => step.addresses.length > 0)
}

export interface DialSituation {
  /** Addresses on which this member listens. */
  readonly own: readonly Multiaddr[]
  /** Host of the last connection to the other member, in the form of `hostOf`. */
  readonly lastHost?: string | undefined
  /** Hosts of the bootstrap addresses that the app gave. Default: none. */
  readonly givenHosts?: ReadonlySet<string>
  /** Whether this relay is a member. Default: no relay is. */
  readonly isMember?: (relay: string) => boolean
  /** Whether this member is connected to the relay. Then the address of the relay is not dialled. */
  readonly isConnected?: (relay: string) => boolean
}

/** Whether an address in the record of another member may be dialled. */
export function isDialable(address: Multiaddr, situation: DialSituation): boolean {
  const relay = relayOf(address)
  if (relay !== undefined && !situation.isMember?.(relay)) return false
  if (relay !== undefined && situation.isConnected?.(relay)) return true
  const [first] = address.getComponents()
  if (first?.value === undefined || !hostNames.has(first.name)) return false
  if (!ipNames.has(first.name)) return situation.givenHosts?.has(first.value) === true
  if (isLinkLocal(first.value)) return situation.own.some(address => isLinkLocal(hostOf(address) ?? ''))
  return !isOnThisComputer(first.value) || isClusterHere(situation)
}

/** Whether the member, or the whole cluster, is on this computer. */
function isClusterHere({ own, lastHost, givenHosts }: DialSituation): boolean {
  const direct = own.filter(address => hostOf(address) !== undefined)
  const hosts = direct.flatMap(address => hostOf(address) ?? [])
  if (lastHost !== undefined && (isOnThisComputer(lastHost) || hosts.includes(lastHost))) return true
  // A page listens nowhere: the app's bootstrap addresses show whether its cluster is here.
  return hosts.length > 0 ? hosts.every(isOnThisComputer) : [...(givenHosts ?? [])].some(isOnThisComputer)
}

/** Whether a host is a loopback address or leads to one: `0.0.0.0`, and IPv6 addresses that contain an IPv4 address. */
function isOnThisComputer(host: string): boolean {
  return /^(127|0)\./.test(host) || /^(::|0:0)/.test(host) || host === 'localhost'
}

const isLinkLocal = (host: string): boolean => /^(169\.254\.|fe[89ab].:)/.test(host)

/** The id of the relay in an address; `''` if it has none, undefined if the address needs no relay. */
export function relayOf(address: Multiaddr): string | undefined {
  const components = address.getComponents()
  const circuit = components.findIndex(({ name }) => name === 'p2p-circuit')
  if (circuit < 0) return undefined
  return components.slice(0, circuit).findLast(({ name }) => name === 'p2p')?.value ?? ''
}

/** The address of the relay, for an address behind one. */
export function withoutRelay(address: Multiaddr): Multiaddr {
  const components = address.getComponents()
  const circuit = components.findIndex(({ name }) => name === 'p2p-circuit')
  return circuit < 0 ? address : multiaddr(components.slice(0, circuit))
}

/** The readable addresses in the record of a member, with its id at the end. Addresses of another id are left out. */
export function addressesOf(id: string, addresses: readonly Uint8Array[]): Multiaddr[] {
  return addresses.flatMap(bytes => {
    try {
      const address = multiaddr(bytes)
      const last = address.getComponents().at(-1)
      if (last?.name !== 'p2p') return [address.encapsulate(`/p2p/${id}`)]
      return last.value === id ? [address] : []
    } catch {
      return []
    }
  })
}

/** The host of an address, by IP address or name; undefined for an address behind a relay. */
export function hostOf(address: Multiaddr): string | undefined {
  const components = address.getComponents()
  if (components.some(({ name }) => name === 'p2p-circuit' || name === 'webrtc')) return undefined
  return components.find(({ name }) => hostNames.has(name))?.value
}

const ipNames: ReadonlySet<string> = new Set(['ip4', 'ip6'])
const hostNames: ReadonlySet<string> = new Set([...ipNames, 'dns', 'dns4', 'dns6', 'dnsaddr'])

function hostKey(address: Multiaddr): string {
  const port = address.getComponents().find(({ name }) => name === 'tcp' || name === 'udp')
  return `${hostOf(address)} ${port?.name} ${port?.value}`
}

const isLoopbackHost = (host: string): boolean => host.startsWith('127.') || host === '::1'
