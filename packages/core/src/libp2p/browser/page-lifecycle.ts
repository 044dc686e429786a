/// <reference lib="dom" />
/**
 * Page lifecycle: reports whether the page is visible, hidden, frozen or closing.
 *
 * A hidden page is slow, because its timers run once a minute; a frozen page is silent. Both publish an
 * attention lease, which a hidden page renews. When a page closes, its member leaves the cluster. When the
 * user leaves a page that the browser may show again, the page publishes a short lease.
 *
 * Other pages can show views of the member. While one of them is visible, a hidden page publishes its lease, but counts as
 * active.
 */
import type { PageFollower, PageListener } from '../platform.ts'

/** Our choice: twice the longest delay of a hidden page's timers (1 minute), plus 30 s for delivery. */
const hiddenLeaseMs = 150_000
const renewMs = 60_000
/**
 * Our choice. When the user changes tabs, the browser hides one before it shows the other. After a handover, the views
 * connect to the new leader within this time. The timers of a hidden page run once a second at most.
 */
const viewWaitMs = 1_000
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

/** Reports lifecycle changes of the page to the listener. */
export function followPage(listener: PageListener): PageFollower {
  let isInBackForwardCache = false
  /** Defined while the page is hidden and runs. */
  let renewal: ReturnType<typeof setInterval> | undefined
  let viewWait: ReturnType<typeof setTimeout> | undefined
  /** Whether a view is visible, or may be in a moment. */
  let isViewed = true

  const hidden = () =>
    listener.attentionChanged({ state: isViewed ? 'full' : 'hidden', leaseMs: hiddenLeaseMs })
  const viewed = (isVisible: boolean) => {
    if (isVisible === isViewed) return
    isViewed = isVisible
    if (renewal !== undefined) hidden()
  }
  const viewsChanged = (isAnyVisible: boolean) => {
    clearTimeout(viewWait)
    if (isAnyVisible) viewed(true)
    else viewWait = setTimeout(viewed, viewWaitMs, false)
  }
  const endRenewal = () => {
    clearInterval(renewal)
    renewal = undefined
  }
  const visibilityChanged = () => {
    endRenewal()
    if (isInBackForwardCache) return
    if (document.visibilityState === 'visible') listener.attentionChanged({ state: 'full', leaseMs: 0 })
    else {
      hidden()
      renewal = setInterval(hidden, renewMs)
    }
  }
  const freeze = () => {
    endRenewal()
    if (!isInBackForwardCache) listener.attentionChanged({ state: 'frozen', leaseMs: frozenLeaseMs })
  }
  const hide = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return listener.pageClosing()
    // Later events of this page, hidden and frozen, must not raise the lease.
    isInBackForwardCache = true
    endRenewal()
    listener.attentionChanged({ state: 'frozen', leaseMs: backForwardCacheLeaseMs })
  }
  const show = () => {
    isInBackForwardCache = false
    visibilityChanged()
  }

  const ended = new AbortController()
  const { signal } = ended
  document.addEventListener('visibilitychange', visibilityChanged, { signal })
  document.addEventListener('freeze', freeze, { signal })
  document.addEventListener('resume', visibilityChanged, { signal })
  window.addEventListener('pagehide', hide, { signal })
  window.addEventListener('pageshow', show, { signal })
  if (document.visibilityState !== 'visible') visibilityChanged()
  // The views of this member connect in a moment.
  viewsChanged(false)
  return {
    viewsChanged,
    stop() {
      ended.abort()
      endRenewal()
      clearTimeout(viewWait)
    },
  }
}
