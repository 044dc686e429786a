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
  document.addEventListener('freeze', paused)
  document.addEventListener('resume', resumed)
  window.addEventListener('pagehide', paused)
  window.addEventListener('pageshow', resumed)
  return () => {
    document.removeEventListener('freeze', paused)
    document.removeEventListener('resume', resumed)
    window.removeEventListener('pagehide', paused)
    window.removeEventListener('pageshow', resumed)
  }
}
