/**
 * Locks: the Web Locks of the tabs of one cluster. The browser grants each to one tab at a time, in the order of the requests,
 * and releases it when the tab is gone.
 */

/** Held by the leader. */
export const leaderLock = (name: string): string => `hearsay:leader:${name}`

/** Held by the tab that is next in line for the leader's lock. */
export const successorLock = (name: string): string => `hearsay:successor:${name}`

/** Held by a tab as long as it has a view. */
export const tabLock = (name: string, view: string): string => `hearsay:tab:${name}:${view}`

/** Requests a lock. Resolves, when the browser grants it, with a function that releases it. */
export function hold(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, () => new Promise<void>(resolve)).catch(reject)
  })
}
