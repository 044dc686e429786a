/** Kept: what is the same when the page is loaded anew, if the browser lets pages keep anything. */

/** For this tab alone, or for all of the browser. */
type Scope = 'tab' | 'browser'

export function kept(scope: Scope, key: string): string | null {
  return storage(scope)?.getItem(key) ?? null
}

export function keep(scope: Scope, key: string, value: string): void {
  storage(scope)?.setItem(key, value)
}

function storage(scope: Scope): Storage | undefined {
  try {
    return scope === 'tab' ? sessionStorage : localStorage
  } catch {
    return undefined
  }
}
