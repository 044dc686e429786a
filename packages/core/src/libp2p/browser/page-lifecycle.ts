/// <reference lib="dom" />
/**
 * Page lifecycle: reports whether the page is visible, hidden, frozen or closing.
 *
 * A hidden page is slow, because its timers run once a minute; a frozen page is silent. Both publish an
 * attention lease, which a hidden page renews. When a page closes, its member leaves the cluster. When the
 * user leaves a page that the browser may show again, the page publishes a short lease.
 */
import type { PageListener } from '../platform.ts'

/** Our choice: twice the longest delay of a hidden page's timers (1 minute), plus 30 s for delivery. */
const hiddenLeaseMs = 150_000
const renewMs = 60_000
/**
 * Our choice. The browser may show a page in the back/forward cache again when the user goes back. (Chromium
 * never does so for a page with WebRTC.) A member that returns after the lease refutes the suspicion.
 */
const backForwardCacheLeaseMs = 5_000
/**
 * Our choice. A frozen page cannot renew its lease. With a longer lease, apps would show people as present although they
 * left long ago.
 */
const frozenLeaseMs = 300_000

/** Reports lifecycle changes of the page to the listener. @returns a function that ends the reports */
export function followPage(listener: PageListener): () => void {
  let renewal: ReturnType<typeof setInterval> | undefined
  let isInBackForwardCache = false

  const hidden = () => listener.attentionChanged({ state: 'hidden', leaseMs: hiddenLeaseMs })
  const visibilityChanged = () => {
    clearInterval(renewal)
    renewal = undefined
    if (isInBackForwardCache) return
    if (document.visibilityState === 'visible') listener.attentionChanged({ state: 'full', leaseMs: 0 })
    else {
      hidden()
      renewal = setInterval(hidden, renewMs)
    }
  }
  const freeze = () => {
    if (!isInBackForwardCache) listener.attentionChanged({ state: 'frozen', leaseMs: frozenLeaseMs })
  }
  const hide = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return listener.pageClosing()
    // Later events of this page, hidden and frozen, must not raise the lease.
    isInBackForwardCache = true
    clearInterval(renewal)
    listener.attentionChanged({ state: 'frozen', leaseMs: backForwardCacheLeaseMs })
  }
  const show = () => {
    isInBackForwardCache = false
    visibilityChanged()
  }

  document.addEventListener('visibilitychange', visibilityChanged)
  document.addEventListener('freeze', freeze)
  document.addEventListener('resume', visibilityChanged)
  window.addEventListener('pagehide', hide)
  window.addEventListener('pageshow', show)
  if (document.visibilityState !== 'visible') visibilityChanged()
  return () => {
    clearInterval(renewal)
    document.removeEventListener('visibilitychange', visibilityChanged)
    document.removeEventListener('freeze', freeze)
    document.removeEventListener('resume', visibilityChanged)
    window.removeEventListener('pagehide', hide)
    window.removeEventListener('pageshow', show)
  }
}
