/**
 * Handle entries: how often the app and the views of a member have opened a room, config or document.
 *
 * Each call that returns the handle is an opening. A room or config is left when the app and all views have closed theirs: a
 * window that closes does not take the room from the app, and an app that leaves does not take it from the windows.
 */

/** The openings of one handle. Its owner counts them. */
export interface Entries {
  /** All openings. */
  count: number
  /** Those of views. */
  views: number
}

const entriesOf = new WeakMap<object, Entries>()

/** The entries of a new handle: one opening. */
export const firstEntry = (): Entries => ({ count: 1, views: 0 })

/** @param entries the openings so far. Absent: one */
export function countEntries(handle: object, entries: Entries = firstEntry()): void {
  entriesOf.set(handle, entries)
}

/** An opening of a handle that is open already. */
export function addEntry(handle: object): void {
  const entries = entriesOf.get(handle)
  if (entries) entries.count += 1
}

/** The latest opening was that of a view. */
export function markView(handle: object): void {
  const entries = entriesOf.get(handle)
  if (entries) entries.views += 1
}

/** Ends an opening of a view. @returns whether no opening remains: the caller then closes the handle */
export function endView(handle: object): boolean {
  const entries = entriesOf.get(handle)
  if (!entries) return true
  entries.views -= 1
  entries.count -= 1
  return entries.count <= 0
}

/** Whether the app and all views have closed the handle. */
export function isUnused(handle: object): boolean {
  const entries = entriesOf.get(handle)
  return entries !== undefined && entries.count <= 0
}

/** Ends all openings of the app. @returns whether views remain */
export function endApp(handle: object): boolean {
  const entries = entriesOf.get(handle)
  if (!entries) return false
  entries.count = entries.views
  return entries.views > 0
}
