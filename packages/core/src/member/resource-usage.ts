/** Load: how much a machine holds, as counts, each of them bounded. */
export interface Load {
  readonly members: number
  /** Ids of the forgotten. */
  readonly forgotten: number
  readonly pulses: number
  /** Members of whom a round trip was measured, or is being. */
  readonly roundTrips: number
  /** Facts that wait to be told. */
  readonly rumors: number
  /** Peers whose exchanges are kept account of. */
  readonly exchanges: number
  readonly links: number
  /** Members that are being dialled or were dialled in vain. */
  readonly dials: number
}
