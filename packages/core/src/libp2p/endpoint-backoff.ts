/**
 * Endpoint back-off: how often this member dials a host and port that others name.
 *
 * Any member can publish, and any host of a local network can announce, the address of a host that has nothing to do with
 * the cluster. So an endpoint is dialled at most twice in a minute, over all members that name it, until a member is admitted
 * there.
 */

import type { Multiaddr } from '@multiformats/multiaddr'
import { setNewest } from '../base/oldest-first.ts'

/**
 * Waits after the first, second, … dial; the last one repeats. Our choice: a second dial soon, because a packet may be lost
 * or a member may just restart.
 */
const waitsMs = [5_000, 60_000, 120_000, 240_000] as const
/** After this time without a dial, an endpoint counts as new. */
const forgetMs = 600_000
/** Limits the memory. */
const maxEndpoints = 4_096

interface Dials {
  readonly count: number
  readonly lastMs: number
}

export class EndpointBackoff {
  readonly #dials = new Map<string, Dials>()

  isDue(endpoint: string, nowMs: number): boolean {
    const dials = this.#recent(endpoint, nowMs)
    if (!dials) return true
    return nowMs - dials.lastMs >= (waitsMs[Math.min(dials.count, waitsMs.length) - 1] ?? 0)
  }

  dialled(endpoint: string, nowMs: number): void {
    const count = (this.#recent(endpoint, nowMs)?.count ?? 0) + 1
    setNewest(this.#dials, endpoint, { count, lastMs: nowMs }, maxEndpoints)
  }

  /** A member was admitted at this endpoint. @returns whether dials of the endpoint were counted */
  succeeded(endpoint: string): boolean {
    return this.#dials.delete(endpoint)
  }

  #recent(endpoint: string, nowMs: number): Dials | undefined {
    const dials = this.#dials.get(endpoint)
    return dials && nowMs - dials.lastMs < forgetMs ? dials : undefined
  }
}

/** Host and port to which a dial of the address opens a socket. */
export function endpointOf(address: Multiaddr): string {
  const [host, port] = address.getComponents()
  return `${host?.value} ${port?.value}`
}
