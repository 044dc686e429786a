/** Stage: where it is shown who is in a room. */
import type { Json, Member } from '@hearsay/core'

export type Shown = Readonly<Record<string, Json>>

export interface Occupant extends Pick<Member, 'id' | 'name'> {
  readonly presence: Shown
  readonly isSelf: boolean
}

export interface RoomChange {
  readonly event: 'enter' | 'update' | 'leave'
  readonly occupant: Occupant
  /** Names of those that changed. */
  readonly fields: readonly string[]
}

export interface Renderer {
  changed(changed: RoomChange): void
  /** Puts the terminal back as it was. */
  close(): void
}
