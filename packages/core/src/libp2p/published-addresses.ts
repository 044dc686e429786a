/**
 * Published addresses: the addresses at which other members can dial this member, and the relays through which they can reach
 * it.
 *
 * Each change is reported once.
 */
import type { AddressManager } from '@libp2p/interface-internal'
import { isLoopback } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Problem } from '../api/problem.ts'
import * as limits from '../wire/limits.ts'
import { relayOf } from './dial-addresses.ts'

export interface PublishedAddressesOptions {
  readonly addressManager: AddressManager
  /** The member's id. */
  readonly self: string
  /** Whether the node exists for hearsay alone. */
  readonly ownsNode: boolean
}

export class PublishedAddresses {
  readonly #options: PublishedAddressesOptions
  #published = ''
  #relays: string | undefined

  constructor(options: PublishedAddressesOptions) {
    this.#options = options
  }

  /** Whether the node listens over relays only. */
  get isIndirect(): boolean {
    return this.#options.addressManager.getListenAddrs().every(isIndirect)
  }

  /** The problem that the member can be reached through relays only, and no relay accepts it. */
  get problem(): Problem | undefined {
    return this.#relays === '' ? noRelay : undefined
  }

  /** The addresses to publish; undefined if they are those of the last call. */
  takeChanged(): readonly Uint8Array[] | undefined {
    if (this.#options.ownsNode) this.#confirm()
    const addresses = publishable(this.#options.addressManager.getAddresses(), this.#given())
    const text = addresses.join()
    if (text === this.#published) return undefined
    this.#published = text
    return addresses.map(({ bytes }) => bytes)
  }

  /** The ids of the relays of a node that listens over relays only; undefined if they are those of the last call. */
  takeChangedRelays(): readonly string[] | undefined {
    if (!this.isIndirect) return undefined
    const addresses = this.#options.addressManager.getAddresses()
    const ids = [...new Set(addresses.flatMap(address => relayOf(address) || []))]
    if (ids.join() === this.#relays) return undefined
    this.#relays = ids.join()
    return ids
  }

  /** The further addresses that the app gave, with the member's id. */
  #given(): ReadonlySet<string> {
    const { addressManager, self } = this.#options
    const suffix = `/p2p/${self}`
    const given = addressManager.getAddressesWithMetadata().filter(({ type }) => type === 'announce')
    return new Set(given.map(({ multiaddr }) => multiaddr.toString().replace(suffix, '') + suffix))
  }

  /**
   * libp2p lists a public address only once a server has confirmed it. For hearsay an address of an interface or of a relay
   * needs no confirmation, because other members try all addresses anyway.
   */
  #confirm(): void {
    const { addressManager } = this.#options
    for (const { type, verified, multiaddr } of addressManager.getAddressesWithMetadata())
      if (type === 'transport' && !verified) addressManager.confirmObservedAddr(multiaddr, { type })
  }
}

const noRelay: Problem = {
  name: 'no-relay',
  text: 'This member can be reached through relays only, and no relay accepts it, so other pages cannot connect to it. Is a relay of the cluster running, with free reservations? Start another one with `relay: true`.',
}

/**
 * The addresses to publish, those that the app gave first. Loopback addresses are published only if there are no others,
 * because on another computer they lead elsewhere. An address over a relay alone is not published, except for WebRTC, whose
 * connections become direct.
 */
function publishable(addresses: readonly Multiaddr[], given: ReadonlySet<string>): readonly Multiaddr[] {
  const direct = addresses.filter(address => !isRelayed(address))
  const isGiven = (address: Multiaddr): boolean => given.has(address.toString())
  const reachable = direct.filter(address => !isGiven(address) && !isLoopback(address))
  const published = [...direct.filter(isGiven), ...reachable]
  return (published.length > 0 ? published : direct).slice(0, limits.maxAddresses)
}

const namesIn = (address: Multiaddr): string[] => address.getComponents().map(({ name }) => name)

/** Whether listening on this address needs another member as a relay. */
function isIndirect(address: Multiaddr): boolean {
  return ['p2p-circuit', 'webrtc'].some(name => namesIn(address).includes(name))
}

function isRelayed(address: Multiaddr): boolean {
  return isIndirect(address) && !namesIn(address).includes('webrtc')
}
