/**
 * Dial addresses: in which order a member's addresses are dialled, and whose refusal says that the member is gone.
 *
 * The machine on which the member was last connected knows best, so its addresses come first, and what they say is
 * enough. An address of this machine says nothing about a member elsewhere: every host has a loopback, and many have
 * the same container bridge. Such addresses come last and never count. An address where this member itself listens is
 * not dialled at all.
 */
import { isLoopback } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface DialStep {
  readonly addresses: readonly Multiaddr[]
  /** Whether its refusals count. */
  readonly counts: boolean
}

/**
 * @param own where this member listens
 * @param lastHost where the member was last connected, as `hostOf` has it
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
  // Where all is loopback, there is one machine.
  const isOwnHost =
    own.every(isLoopback) || (lastHost !== undefined && (isLoopbackHost(lastHost) || ownHosts.has(lastHost)))
  const likely: Multiaddr[] = []
  const others: Multiaddr[] = []
  const mute: Multiaddr[] = []
  for (const address of addresses) {
    const host = hostOf(address)
    // Through a relay another machine answers, though the relay be this one.
    if (host === undefined) others.push(address)
    else if (ownHostKeys.has(hostKey(address))) continue
    else if (host === lastHost) likely.push(address)
    else if (isHere(address) && !isOwnHost) mute.push(address)
    else others.push(address)
  }
  const steps = [
    { addresses: likely, counts: true },
    { addresses: others, counts: true },
    { addresses: mute, counts: false },
  ]
  return steps.filter(step => step.addresses.length > 0)
}

/** The machine that answers there, by IP address or name; undefined where a relay does. */
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
