/** Resource usage: how many items the membership machine stores. Each count is bounded. */
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Policy } from '../policy/policy.ts'
import type { RumorBatcher } from '../rumors/rumor-batcher.ts'
import type { Table } from '../table/table.ts'
import type { AuthorRates } from './author-rates.ts'
import type { HeartbeatArrivals } from './heartbeats.ts'
import type { RoundTrips } from './round-trips.ts'
import type { Standing } from './standing.ts'

export interface ResourceUsage {
  readonly members: number
  /** Ids of removed members. */
  readonly tombstones: number
  readonly heartbeatArrivals: number
  /** Members whose round trip was measured or is being measured. */
  readonly roundTrips: number
  /** Facts that wait to be published. */
  readonly rumors: number
  /** Peers with stored sync state. */
  readonly syncPeers: number
  readonly connections: number
  /** Members with a running or planned dial, or with failed dials. */
  readonly dials: number
  /** Ids that wait to become members. */
  readonly provisional: number
  /** Peers and authors with stored quotas and rates. */
  readonly quotas: number
  readonly policyFacts: number
}

/** The parts of the machine that store items. */
export interface UsageParts {
  readonly table: Table
  readonly heartbeatArrivals: HeartbeatArrivals
  readonly roundTrips: RoundTrips
  readonly rumors: RumorBatcher
  readonly antiEntropy: AntiEntropy
  readonly overlay: Overlay
  readonly standing: Standing
  readonly rates: AuthorRates
  readonly policy: Policy
}

export function resourceUsageOf(parts: UsageParts): ResourceUsage {
  const { table, heartbeatArrivals, roundTrips, rumors, antiEntropy, overlay, standing, rates, policy } =
    parts
  return {
    members: table.size,
    tombstones: table.tombstones,
    heartbeatArrivals: heartbeatArrivals.size,
    roundTrips: roundTrips.size,
    rumors: rumors.size,
    syncPeers: antiEntropy.size,
    connections: overlay.connected().length,
    dials: overlay.dials,
    provisional: standing.provisional,
    quotas: Math.max(standing.quotas, rates.size),
    policyFacts: policy.size,
  }
}
