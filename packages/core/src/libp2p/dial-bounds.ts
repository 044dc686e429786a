/**
 * Dial bounds: how often this member dials addresses that only others name.
 *
 * Every member can sign any number of records, which name hosts that have nothing to do with the cluster. So all dials of
 * such addresses share one rate, and each host and port has a back-off. A dial that reaches a member costs nothing, so that
 * a whole cluster starts as fast as without bounds.
 *
 * The host at which a member was last connected belongs to this member, so its addresses there have a rate of their own.
 */
import type { Multiaddr } from '@multiformats/multiaddr'
import { TokenBuckets } from '../base/token-buckets.ts'
import { type DialSituation, hostOf, isDialable, relayOf } from './dial-addresses.ts'
import { EndpointBackoff, endpointOf } from './endpoint-backoff.ts'

const refillMs = 1_000
/** Our choice: the ring neighbours of a newcomer are dialled at the same time. */
const strangerBurst = 8
/** Our choice: enough for repeated dials of all ring neighbours and peers of rooms that run on one host. */
const knownHostBurst = 64
/** Limits the memory. */
const maxKnownHosts = 4_096
/** An address that would have to wait longer is not dialled. Our choice: by then the overlay plans the dial again. */
const maxTurnWaitMs = 5_000
/** Maximum number of addresses in one dial that only others name. Honest members rarely have more hosts. */
const maxUnconfirmed = 4

export class DialBounds {
  readonly #strangers = new DialQueue()
  readonly #endpoints = new EndpointBackoff()
  readonly #knownHosts = new TokenBuckets({ burst: knownHostBurst, refillMs, maxKeys: maxKnownHosts })

  /**
   * Chooses the addresses at which a member is dialled, and counts their dials.
   *
   * @param addresses addresses of one member, those first that are dialled first
   * @returns the addresses that may be dialled, and how long to wait before that
   */
  choose(
    addresses: readonly Multiaddr[],
    situation: DialSituation,
    nowMs: number,
  ): { readonly allowed: ReadonlySet<Multiaddr>; readonly waitMs: number } {
    const allowed = new Set<Multiaddr>()
    let unconfirmed = 0
    let waitMs = 0
    for (const address of addresses) {
      if (!isDialable(address, situation)) continue
      if (this.#isConfirmed(address, situation, nowMs)) allowed.add(address)
      else if (unconfirmed < maxUnconfirmed) {
        // Only the first address waits. Others are dialled if the rate allows it at once.
        const maxWaitMs = allowed.size === 0 ? maxTurnWaitMs : 0
        const addressWaitMs = this.reserve(endpointOf(address), nowMs, maxWaitMs)
        if (addressWaitMs === undefined) continue
        waitMs += addressWaitMs
        unconfirmed += 1
        allowed.add(address)
      }
    }
    return { allowed, waitMs }
  }

  /** Whether the dial goes to the host at which the member was last connected, or over an existing connection to a relay. */
  #isConfirmed(address: Multiaddr, { lastHost, isConnected }: DialSituation, nowMs: number): boolean {
    const relay = relayOf(address)
    if (relay !== undefined) return isConnected?.(relay) === true
    return lastHost !== undefined && hostOf(address) === lastHost && this.#knownHosts.take(lastHost, nowMs)
  }

  /**
   * Reserves the dial of an address that only others name.
   *
   * @returns how long to wait before the dial; undefined if the address must not be dialled now, or not within `maxWaitMs`
   */
  reserve(endpoint: string, nowMs: number, maxWaitMs: number): number | undefined {
    if (!this.#endpoints.isDue(endpoint, nowMs)) return undefined
    const waitMs = this.#strangers.take(nowMs, maxWaitMs)
    if (waitMs !== undefined) this.#endpoints.dialled(endpoint, nowMs)
    return waitMs
  }

  /** A dial led to a member at this endpoint. */
  succeeded(endpoint: string): void {
    if (this.#endpoints.succeeded(endpoint)) this.#strangers.giveBack()
  }

  /** A reserved dial is not needed any more. The endpoint of the dial still counts as dialled. */
  giveBack(): void {
    this.#strangers.giveBack()
  }
}

/** Dials of strangers: one in `refillMs`, after a burst. A dial may wait for its turn. */
class DialQueue {
  /** When the burst is complete again. */
  #completeMs = Number.NEGATIVE_INFINITY

  /** @returns how long to wait; undefined if longer than `maxWaitMs`, and then nothing is counted */
  take(nowMs: number, maxWaitMs: number): number | undefined {
    const completeMs = Math.max(this.#completeMs, nowMs) + refillMs
    const waitMs = Math.max(0, completeMs - nowMs - strangerBurst * refillMs)
    if (waitMs > maxWaitMs) return undefined
    this.#completeMs = completeMs
    return waitMs
  }

  giveBack(): void {
    this.#completeMs -= refillMs
  }
}
