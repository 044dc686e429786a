/** Kept: what is the same when the page is loaded anew, if the browser lets pages keep anything. */

/** For this tab alone, or for all of the browser. */
type Scope = 'tab' | 'browser'

export function kept(scope: Scope, key: string): string | null {
  return attempt(scope, storage => storage.getItem(key)) ?? null
}

export function keep(scope: Scope, key: string, value: string): void {
  attempt(scope, storage => storage.setItem(key, value))
}

/** Browsers refuse the storage itself, or, as it is full or has no room from the start, what is written. */
function attempt<T>(scope: Scope, use: (storage: Storage) => T): T | undefined {
  try {
    return use(scope === 'tab' ? sessionStorage : localStorage)
  } catch {
    return undefined
  }
}
