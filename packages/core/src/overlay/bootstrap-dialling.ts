/**
 * Bootstrap dialling: which bootstrap addresses and cached peers a member dials, and which members answered there.
 *
 * A member without any connection dials all bootstrap addresses and some cached peers, repeatedly and at growing
 * intervals. A member with a connection dials only bootstrap addresses at which no known member answered.
 */
import { healIntervalMs } from './partition-healing.ts'
import { sampleCachedPeers } from './peer-cache.ts'

export interface BootstrapDiallingOptions {
  /** Bootstrap addresses, as multiaddrs. */
  readonly bootstrap: readonly string[]
  /** Addresses of members that an earlier process stored, as multiaddrs. */
  readonly cachedPeers: readonly string[]
  readonly random: () => number
}

/** Without any connection, the wait between dials of the bootstrap addresses grows from 250 ms to the healing interval. */
const firstWaitMs = 250
/**
 * The factor by which the wait grows. Our choice: less than 2. If all members start at the same time, the
 * bootstrap member listens after some seconds. If the wait doubled each time, the others would dial the bootstrap member
 * only some seconds after it listens.
 */
const waitGrowth = 1.5

export class BootstrapDialling {
  readonly #options: BootstrapDiallingOptions
  /** Bootstrap address → the id of the member that last answered there. */
  readonly #answeredBy = new Map<string, string>()
  /** Bootstrap addresses that were dialled, until the answering member is connected or the dial fails. */
  readonly #dialled = new Set<string>()
  #waitMs = firstWaitMs

  constructor(options: BootstrapDiallingOptions) {
    this.#options = options
  }

  /** Whether there is any address to dial. */
  get hasAddresses(): boolean {
    return this.#options.bootstrap.length + this.#options.cachedPeers.length > 0
  }

  /** Whether a dial of a bootstrap address has neither led to a connection nor failed yet. */
  get isPending(): boolean {
    return this.#dialled.size > 0
  }

  /** The members that answered at the bootstrap addresses. */
  get answering(): readonly string[] {
    return [...new Set(this.#answeredBy.values())]
  }

  /** The addresses at which no known member answered. @param isKnown whether a member is alive or suspect */
  unanswered(isKnown: (id: string | undefined) => boolean): string[] {
    return this.#options.bootstrap.filter(address => !isKnown(this.#answeredBy.get(address)))
  }

  /** The addresses that a member without connections dials now, and how long it waits before it dials again. */
  next(): { readonly addresses: readonly string[]; readonly waitMs: number } {
    const { bootstrap, cachedPeers, random } = this.#options
    const waitMs = this.#waitMs * (0.75 + random() / 2)
    this.#waitMs = Math.min(this.#waitMs * waitGrowth, healIntervalMs)
    const addresses = new Set([...bootstrap, ...sampleCachedPeers(cachedPeers, random)])
    for (const address of addresses) this.#dialled.add(address)
    return { addresses: [...addresses], waitMs }
  }

  /** The wait is short again: a connection opened, or the network changed. */
  reset(): void {
    this.#waitMs = firstWaitMs
  }

  /** A member answered at an address. The connection to the member may open only a moment later. */
  answered(address: string, id: string, isConnected: boolean): void {
    this.#answeredBy.set(address, id)
    if (isConnected) this.#dialled.delete(address)
  }

  failed(address: string): void {
    this.#dialled.delete(address)
  }

  /** A connection to this member opened. */
  opened(id: string): void {
    for (const [address, by] of this.#answeredBy) if (by === id) this.#dialled.delete(address)
  }
}
