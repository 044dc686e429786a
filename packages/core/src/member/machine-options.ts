/** Options of a machine: who it is, where it starts, and its bounds. */
import type { DetectorKnobs } from '@hearsay/failure-detector'
import type { MemberRecord } from '../wire/fact.ts'
import type { Machine } from './membership-machine.ts'

export interface MachineOptions {
  readonly self: string
  /** The first word about oneself: incarnation as `firstIncarnation` gives it, version 1. */
  readonly record: MemberRecord
  /** Multiaddrs to start from. */
  readonly bootstrap: readonly string[]
  /**
   * What everybody knew before this member came: another machine, which is not used any more. It is shared and never
   * written; what changes is kept beside it, so that thousands of members fit into one simulation.
   */
  readonly prior?: Machine
  /** Multiaddrs that an earlier life knew, tried while one is alone. @default [] */
  readonly acquaintances?: readonly string[]
  readonly profile: 'local' | 'lan' | 'wan'
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  /** Our choice: 20,000. @default 20_000 */
  readonly maxMembers?: number
  /** Bytes of facts in one step of an exchange. @default 49_152 */
  readonly maxDeltaBytes?: number
  /** How long the dead and the left are told of. @default 86_400_000: a day */
  readonly retentionMs?: number
  /** Instead of the profile's. @default {} */
  readonly knobs?: Partial<DetectorKnobs>
}
