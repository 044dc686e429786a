/// <reference lib="dom" />
/**
 * Attention: what becomes of the page, as others should know it.
 *
 * A hidden page is slow (its timers run once a minute), a frozen one is silent: each asks for patience, a hidden one
 * again and again. A page that is closed says goodbye; one that was left for another is waited for a moment.
 */
import type { PageListener } from '../platform.ts'

/** Twice the longest that a hidden page's timers wait, and something for the way. */
const hiddenLeaseMs = 150_000
const renewMs = 60_000
/**
 * A page that was left may be shown again when its user goes back, though Chromium never shows one again that had WebRTC.
 * Who is shown again later than this refutes.
 */
const backgroundLeaseMs = 5_000
/** A frozen page cannot ask again. Longer, and people would see somebody who is long gone. */
const frozenLeaseMs = 300_000

/** Returns its undo. */
export function followPage(listener: PageListener): () => void {
  let renewal: ReturnType<typeof setInterval> | undefined

  let isInBackground = false

  const hidden = () => listener.attentionChanged({ state: 'hidden', leaseMs: hiddenLeaseMs })
  const look = () => {
    clearInterval(renewal)
    renewal = undefined
    if (isInBackground) return
    if (document.visibilityState === 'visible') listener.attentionChanged({ state: 'full', leaseMs: 0 })
    else {
      hidden()
      renewal = setInterval(hidden, renewMs)
    }
  }
  const freeze = () => {
    if (!isInBackground) listener.attentionChanged({ state: 'frozen', leaseMs: frozenLeaseMs })
  }
  const hide = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return listener.pageClosing()
    // What it hears of itself after that, hidden and frozen, is of a page that nobody looks at any more.
    isInBackground = true
    clearInterval(renewal)
    listener.attentionChanged({ state: 'frozen', leaseMs: backgroundLeaseMs })
  }
  const show = () => {
    isInBackground = false
    look()
  }

  document.addEventListener('visibilitychange', look)
  document.addEventListener('freeze', freeze)
  document.addEventListener('resume', look)
  window.addEventListener('pagehide', hide)
  window.addEventListener('pageshow', show)
  if (document.visibilityState !== 'visible') look()
  return () => {
    clearInterval(renewal)
    document.removeEventListener('visibilitychange', look)
    document.removeEventListener('freeze', freeze)
    document.removeEventListener('resume', look)
    window.removeEventListener('pagehide', hide)
    window.removeEventListener('pageshow', show)
  }
}
