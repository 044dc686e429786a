/**
 * Handle entries: how often the app, its components and the views of a member have opened a room, config or document.
 *
 * Each call that returns the handle is an opening, first of the app. A view and the components of a user interface library
 * mark theirs. A room or config is left when all three have closed theirs: a window or a component that closes does not take
 * the room from the app, and an app that leaves does not take it from them.
 */

/** The openings of one handle. Its owner counts them. */
export interface Entries {
  app: number
  components: number
  views: number
}

/** Who else than the app has opened a handle. Components share the presence of the app; a view has its own. */
export type Opener = 'components' | 'views'

const entriesOf = new WeakMap<object, Entries>()

/** The entries of a new handle: one opening. */
export const firstEntry = (): Entries => ({ app: 1, components: 0, views: 0 })

/** @param entries the openings so far. Absent: one */
export function countEntries(handle: object, entries: Entries = firstEntry()): void {
  entriesOf.set(handle, entries)
}

/** An opening of a handle that is open already. */
export function addEntry(handle: object): void {
  const entries = entriesOf.get(handle)
  if (entries) entries.app += 1
}

/**
 * The latest opening was not that of the app.
 *
 * @returns false: the app has closed the handle between the opening and this call. Open it again
 */
export function markEntry(handle: object, opener: Opener): boolean {
  const entries = entriesOf.get(handle)
  if (!entries) return true
  if (isUnused(handle)) return false
  // The app has ended all of its openings, this one included, if none is left.
  if (entries.app > 0) entries.app -= 1
  entries[opener] += 1
  return true
}

/** Ends a marked opening. @returns whether no opening with the same presence remains: the caller then leaves the handle */
export function endEntry(handle: object, opener: Opener): boolean {
  const entries = entriesOf.get(handle)
  if (!entries) return true
  entries[opener] -= 1
  return opener === 'views' ? isUnused(handle) : entries.app + entries.components === 0
}

/** Whether the app, its components and all views have closed the handle. */
export function isUnused(handle: object): boolean {
  const entries = entriesOf.get(handle)
  return entries !== undefined && entries.app + entries.components + entries.views === 0
}

/** Ends all openings of the app. @returns who still has the handle open; components before views */
export function endApp(handle: object): Opener | 'none' {
  const entries = entriesOf.get(handle)
  if (!entries) return 'none'
  entries.app = 0
  if (entries.components > 0) return 'components'
  return entries.views > 0 ? 'views' : 'none'
}
