/** Resource usage: how many items the membership machine stores. Each count is bounded. */
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
  /** Members that are being dialled, wait for a dial, or whose dials failed. */
  readonly dials: number
}
