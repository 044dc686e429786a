/** Renderer: shows the members in a room. */
import type { Json, Member } from '@hearsay/core'

export type Shown = Readonly<Record<string, Json>>

export interface Occupant extends Pick<Member, 'id' | 'name'> {
  readonly presence: Shown
  readonly isSelf: boolean
}

export interface RoomChange {
  readonly event: 'enter' | 'update' | 'leave'
  readonly occupant: Occupant
  /** The names of the changed fields. */
  readonly fields: readonly string[]
}

export interface Renderer {
  changed(changed: RoomChange): void
  /** Restores the terminal. */
  close(): void
}
