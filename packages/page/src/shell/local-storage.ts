/** Kept: what is the same when the page is loaded anew, if the browser lets pages keep anything. */

/** For this tab alone, or for all of the browser. */
type Scope = 'tab' | 'browser'

export function readLocal(scope: Scope, key: string): string | null {
  return tryStorage(scope, storage => storage.getItem(key)) ?? null
}

export function writeLocal(scope: Scope, key: string, value: string): void {
  tryStorage(scope, storage => storage.setItem(key, value))
}

/** Browsers refuse the storage itself, or, as it is full or has no room from the start, what is written. */
function tryStorage<T>(scope: Scope, use: (storage: Storage) => T): T | undefined {
  try {
    return use(scope === 'tab' ? sessionStorage : localStorage)
  } catch {
    return undefined
  }
}
