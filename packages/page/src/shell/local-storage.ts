/** Local storage: values that survive a reload, if the browser allows storage. */

/** This tab only, or all tabs of the browser. */
type Scope = 'tab' | 'browser'

export function readLocal(scope: Scope, key: string): string | null {
  return tryStorage(scope, storage => storage.getItem(key)) ?? null
}

export function writeLocal(scope: Scope, key: string, value: string): void {
  tryStorage(scope, storage => storage.setItem(key, value))
}

/** A browser may deny access to the storage, or reject a write because the storage is full or has no quota. */
function tryStorage<T>(scope: Scope, use: (storage: Storage) => T): T | undefined {
  try {
    return use(scope === 'tab' ? sessionStorage : localStorage)
  } catch {
    return undefined
  }
}
