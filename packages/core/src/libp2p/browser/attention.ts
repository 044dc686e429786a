/// <reference lib="dom" />
/**
 * Attention: what becomes of the page, as others should know it.
 *
 * A hidden page is slow (its timers run once a minute), a frozen one is silent: each asks for patience, a hidden one
 * again and again. A page that is closed says goodbye.
 */
import type { PageListener } from '../platform.ts'

/** Twice the longest that a hidden page's timers wait, and something for the way. */
const hiddenLeaseMs = 150_000
const renewMs = 60_000
/** A frozen page cannot ask again. Longer, and people would see somebody who is long gone. */
const frozenLeaseMs = 300_000

/** Returns its undo. */
export function followPage(listener: PageListener): () => void {
  let renewal: ReturnType<typeof setInterval> | undefined

  const hidden = () => listener.attend({ state: 'hidden', leaseMs: hiddenLeaseMs })
  const look = () => {
    clearInterval(renewal)
    renewal = undefined
    if (document.visibilityState === 'visible') listener.attend({ state: 'full', leaseMs: 0 })
    else {
      hidden()
      renewal = setInterval(hidden, renewMs)
    }
  }
  const freeze = () => listener.attend({ state: 'frozen', leaseMs: frozenLeaseMs })
  const hide = ({ persisted }: PageTransitionEvent) => (persisted ? freeze() : listener.goodbye())

  document.addEventListener('visibilitychange', look)
  document.addEventListener('freeze', freeze)
  document.addEventListener('resume', look)
  window.addEventListener('pagehide', hide)
  window.addEventListener('pageshow', look)
  if (document.visibilityState !== 'visible') look()
  return () => {
    clearInterval(renewal)
    document.removeEventListener('visibilitychange', look)
    document.removeEventListener('freeze', freeze)
    document.removeEventListener('resume', look)
    window.removeEventListener('pagehide', hide)
    window.removeEventListener('pageshow', look)
  }
}
