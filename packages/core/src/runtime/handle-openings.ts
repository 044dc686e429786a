/**
 * Handle openings: how often the app, its components and the views of a member have opened a room, config or document.
 *
 * Each call that returns the handle is an opening, first of the app. A view and the components of a user interface library
 * mark theirs. A room or config is left when all three have closed theirs: a window or a component that closes does not take
 * the room from the app, and an app that leaves does not take it from them.
 */

/** The openings of one handle. Its owner counts them. */
export interface Openings {
  app: number
  components: number
  views: number
}

/** The openers other than the app. Components share the presence of the app; a view has its own. */
export type Opener = 'components' | 'views'

const openingsOf = new WeakMap<object, Openings>()

/** The openings of a new handle: one opening. */
export const firstOpening = (): Openings => ({ app: 1, components: 0, views: 0 })

/** @param openings the openings so far. Absent: one */
export function countOpenings(handle: object, openings: Openings = firstOpening()): void {
  openingsOf.set(handle, openings)
}

/** An opening of a handle that is open already. */
export function addOpening(handle: object): void {
  const openings = openingsOf.get(handle)
  if (openings) openings.app += 1
}

/**
 * The latest opening was not that of the app.
 *
 * @returns false: the app has closed the handle between the opening and this call. Open it again
 */
export function markOpening(handle: object, opener: Opener): boolean {
  const openings = openingsOf.get(handle)
  if (!openings) return true
  if (isUnused(handle)) return false
  // The app has ended all of its openings, this one included, if none is left.
  if (openings.app > 0) openings.app -= 1
  openings[opener] += 1
  return true
}

/** Ends a marked opening. @returns whether no opening with the same presence remains: the caller then leaves the handle */
export function endOpening(handle: object, opener: Opener): boolean {
  const openings = openingsOf.get(handle)
  if (!openings) return true
  openings[opener] -= 1
  return opener === 'views' ? isUnused(handle) : openings.app + openings.components === 0
}

/** Whether the app, its components and all views have closed the handle. */
export function isUnused(handle: object): boolean {
  const openings = openingsOf.get(handle)
  return openings !== undefined && openings.app + openings.components + openings.views === 0
}

/** Ends all openings of the app. @returns who still has the handle open; components before views */
export function endAppOpenings(handle: object): Opener | 'none' {
  const openings = openingsOf.get(handle)
  if (!openings) return 'none'
  openings.app = 0
  if (openings.components > 0) return 'components'
  return openings.views > 0 ? 'views' : 'none'
}
