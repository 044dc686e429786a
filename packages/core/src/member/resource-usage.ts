/** Load: how much a machine holds, as counts, each of them bounded. */
export interface ResourceUsage {
  readonly members: number
  /** Ids of the forgotten. */
  readonly tombstones: number
  readonly heartbeatArrivals: number
  /** Members of whom a round trip was measured, or is being. */
  readonly roundTrips: number
  /** Facts that wait to be told. */
  readonly rumors: number
  /** Peers whose exchanges are kept account of. */
  readonly syncPeers: number
  readonly connections: number
  /** Members that are being dialled or were dialled in vain. */
  readonly dials: number
}
