/**
 * Dial addresses: the order in which a member's addresses are dialled, and the addresses whose refusal is evidence that
 * the member is down.
 *
 * Addresses on the host of the member's last connection come first. If these addresses refuse a dial, that alone is
 * sufficient evidence. If the member is on another host, some of its addresses may also be addresses of the local host:
 * every host has a loopback address, and many hosts have the same container bridge. Such addresses come last, and a
 * refusal by them is no evidence. Addresses on which this member listens are not dialled.
 */
import { isLoopback } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

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

/** The host of an address, by IP address or name; undefined for an address behind a relay. */
export function hostOf(address: Multiaddr): string | undefined {
  const components = address.getComponents()
  if (components.some(({ name }) => name === 'p2p-circuit' || name === 'webrtc')) return undefined
  return components.find(({ name }) => hostNames.has(name))?.value
}

const hostNames = new Set(['ip4', 'ip6', 'dns', 'dns4', 'dns6', 'dnsaddr'])

function hostKey(address: Multiaddr): string {
  const port = address.getComponents().find(({ name }) => name === 'tcp' || name === 'udp')
  return `${hostOf(address)} ${port?.name} ${port?.value}`
}

const isLoopbackHost = (host: string): boolean => host.startsWith('127.') || host === '::1'
