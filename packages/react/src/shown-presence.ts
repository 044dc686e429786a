/**
 * Shown presence: the presence fields that components have set in a room.
 *
 * The fields disappear with the components, also if the app itself has the room open.
 */
import type { Json, Room } from '@hearsay/core'

const shownFields = new WeakMap<Room, Set<string>>()

/** @throws as the room's `presence.set` does */
export function showPresence(room: Room, change: object): void {
  room.presence.set(change as Record<string, Json>)
  const shown = shownFields.get(room) ?? new Set()
  for (const field of Object.keys(change)) shown.add(field)
  shownFields.set(room, shown)
}

/** The components are gone, and the app stays in the room. */
export function removeShown(room: Room): void {
  const shown = [...(shownFields.get(room) ?? [])]
  shownFields.delete(room)
  try {
    room.presence.set(Object.fromEntries(shown.map(field => [field, undefined])))
  } catch {
    // The app has left the cluster, and the presence with it.
  }
}
