/** Spaces port: what the driver of a member hands to the spaces of that member, once there are any. */
import type { RumorVerdict } from './ports.ts'

export interface SpacesPort {
  /** Of one's own connections. */
  linkOpened(id: string): void
  linkClosed(id: string): void
  /** A member was dialled in vain. */
  linkFailed(id: string): void
  /** Records or statuses of these members changed, in one step. */
  whereaboutsChanged(ids: readonly string[]): void
  frame(from: string, bytes: Uint8Array): void
  rumor(space: string, from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict>
  /** The wall clock was set: what was decided by it is decided again. */
  clockStepped(): void
  load(): SpacesLoad
  stop(): void
}

/** How much a member holds for its spaces: what should be bounded is watched by this. */
export interface SpacesLoad {
  /** Spaces that it is in. */
  readonly spaces: number
  /** Signed facts: fields of presence, entries of configs. */
  readonly facts: number
  /** Documents on their way in pieces. */
  readonly transfers: number
  /** Facts and updates so far that broke a rule of their space: nothing changed. */
  readonly refused: number
  /** Client ids under which two replicas of a document wrote, so far. */
  readonly collisions: number
}
