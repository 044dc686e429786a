/** Page lifecycle: when this page stops running, and when it runs again. */

export interface PageListener {
  /** The page is frozen, or the user leaves it. */
  paused(): void
  /** The page is shown again. */
  resumed(): void
}

/** Calls the listener. Outside of pages it does nothing. @returns a function that ends the calls */
export function followPage({ paused, resumed }: PageListener): () => void {
  if (!('document' in globalThis)) return () => {}
  const ended = new AbortController()
  const { signal } = ended
  document.addEventListener('freeze', paused, { signal })
  document.addEventListener('resume', resumed, { signal })
  window.addEventListener('pagehide', paused, { signal })
  window.addEventListener('pageshow', resumed, { signal })
  return () => ended.abort()
}
