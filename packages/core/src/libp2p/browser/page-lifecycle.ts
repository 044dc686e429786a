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
 * Our choice. A user who holds the keys that change tabs changes them 20 times a second, and other members refuse more than 4
 * records a second.
 */
const changePauseMs = 1_000
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
  /** Defined while the page is reported as hidden, and runs. */
  let renewal: ReturnType<typeof setInterval> | undefined
  /** Defined for a second after a report. At its end, a difference is reported. */
  let changePause: ReturnType<typeof setTimeout> | undefined
  let viewWait: ReturnType<typeof setTimeout> | undefined
  /** Whether a view is visible, or may be in a moment. */
  let isViewed = true

  const report = () => {
    const leaseMs = document.hidden ? hiddenLeaseMs : 0
    listener.attentionChanged({ state: leaseMs > 0 && !isViewed ? 'hidden' : 'full', leaseMs })
  }
  const viewed = (isAnyVisible: boolean) => {
    if (isAnyVisible === isViewed) return
    isViewed = isAnyVisible
    if (renewal) report()
  }
  const viewsChanged = (isAnyVisible: boolean) => {
    clearTimeout(viewWait)
    if (isAnyVisible) viewed(true)
    else viewWait = setTimeout(viewed, viewWaitMs, false)
  }
  const endTimers = () => {
    clearInterval(renewal)
    clearTimeout(changePause)
    renewal = changePause = undefined
  }
  const visibilityChanged = () => {
    if (isInBackForwardCache || changePause) return
    endTimers()
    if (document.hidden) renewal = setInterval(report, renewMs)
    report()
    changePause = setTimeout(changePaused, changePauseMs)
  }
  const changePaused = () => {
    changePause = undefined
    // The renewal runs if the page was reported as hidden.
    if (document.hidden !== Boolean(renewal)) visibilityChanged()
  }
  const freeze = () => {
    endTimers()
    if (!isInBackForwardCache) listener.attentionChanged({ state: 'frozen', leaseMs: frozenLeaseMs })
  }
  const hide = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return listener.pageClosing()
    // Later events of this page, hidden and frozen, must not raise the lease.
    isInBackForwardCache = true
    endTimers()
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
  if (document.hidden) visibilityChanged()
  // The views of this member connect in a moment.
  viewsChanged(false)
  return {
    viewsChanged,
    stop() {
      ended.abort()
      endTimers()
      clearTimeout(viewWait)
    },
  }
}
