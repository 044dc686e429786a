/** Spaces port: what the driver of a member hands to the spaces of that member, once there are any. */
import type { SpacesUsage } from '../spaces/spaces.ts'
import type { RumorVerdict } from './ports.ts'

export interface SpacesPort {
  /** Of one's own connections. */
  linkOpened(id: string): void
  linkClosed(id: string): void
  /** A member was dialled in vain. */
  linkFailed(id: string): void
  /** Records or statuses of these members changed, in one step. */
  membersChanged(ids: readonly string[]): void
  frame(from: string, bytes: Uint8Array): void
  rumor(space: string, from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict>
  /** The wall clock was set: what was decided by it is decided again. */
  clockStepped(): void
  usage(): SpacesUsage
  stop(): void
}
