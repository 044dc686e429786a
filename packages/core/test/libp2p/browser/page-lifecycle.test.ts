import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { followPage } from '../../../src/libp2p/browser/page-lifecycle.ts'
import type { PageFollower } from '../../../src/libp2p/platform.ts'

const page = Object.assign(new EventTarget(), { hidden: false })
const frame = new EventTarget()
/** The states. With the lease, if a page requests one although it counts as active. */
const reported: string[] = []
let follower: PageFollower

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', frame)
  page.hidden = false
  reported.length = 0
  follow()
  // The views connect in this second, if there are any.
  vi.advanceTimersByTime(1_000)
})

afterEach(() => {
  follower.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function follow(): void {
  follower = followPage({
    attentionChanged: ({ state, leaseMs }) =>
      reported.push(state === 'full' && leaseMs > 0 ? `full, lease ${leaseMs}` : state),
    pageClosing: () => reported.push('closing'),
  })
}

function become(state: 'visible' | 'hidden'): void {
  page.hidden = state === 'hidden'
  page.dispatchEvent(new Event('visibilitychange'))
}

it('publishes a lease while the page is hidden, renewed every minute', () => {
  become('hidden')
  vi.advanceTimersByTime(130_000)
  expect(reported).toEqual(['hidden', 'hidden', 'hidden'])
  become('visible')
  vi.advanceTimersByTime(600_000)
  expect(reported.slice(3)).toEqual(['full'])
})

it('reports at most one change a second while the user changes tabs quickly, and then the last one', () => {
  for (let i = 0; i < 200; i++) {
    become(i % 2 === 0 ? 'hidden' : 'visible')
    vi.advanceTimersByTime(50)
  }
  become('hidden')
  vi.advanceTimersByTime(1_000)
  expect(reported.length).toBeLessThanOrEqual(12)
  expect(reported[0]).toBe('hidden')
  expect(reported.at(-1)).toBe('hidden')
})

it.each([
  { event: 'freeze', last: 'frozen', emit: () => page.dispatchEvent(new Event('freeze')) },
  {
    event: 'pagehide',
    last: 'frozen',
    emit: () => frame.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true })),
  },
])('drops a change that is not reported yet on $event', ({ last, emit }) => {
  become('hidden')
  become('visible')
  become('hidden')
  emit()
  vi.advanceTimersByTime(600_000)
  expect(reported).toEqual(['hidden', last])
})

it('reports a frozen page and its next state', () => {
  become('hidden')
  page.dispatchEvent(new Event('freeze'))
  page.dispatchEvent(new Event('resume'))
  expect(reported).toEqual(['hidden', 'frozen', 'hidden'])
})

it('leaves when the page is closed', () => {
  frame.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }))
  expect(reported).toEqual(['closing'])
})

it('publishes a short lease for a page that may be shown again, and reports when it is shown', () => {
  frame.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }))
  become('hidden')
  page.dispatchEvent(new Event('freeze'))
  vi.advanceTimersByTime(600_000)
  expect(reported).toEqual(['frozen'])
  page.dispatchEvent(new Event('resume'))
  become('visible')
  frame.dispatchEvent(new Event('pageshow'))
  expect(reported).toEqual(['frozen', 'full'])
})

it('reports nothing once it is stopped', () => {
  become('hidden')
  follower.stop()
  become('visible')
  vi.advanceTimersByTime(600_000)
  expect(reported).toEqual(['hidden'])
})

describe('a page whose member has views in other pages', () => {
  const active = 'full, lease 150000'

  it('is active while it is hidden and a view is visible, and keeps its lease', () => {
    follower.viewsChanged(true)
    become('hidden')
    vi.advanceTimersByTime(130_000)
    expect(reported).toEqual([active, active, active])
    follower.viewsChanged(false)
    vi.advanceTimersByTime(60_000)
    expect(reported.slice(3)).toEqual(['hidden', 'hidden'])
    follower.viewsChanged(true)
    become('visible')
    expect(reported.slice(5)).toEqual([active, 'full'])
  })

  it('reports no hidden page while the user changes from one view to another', () => {
    follower.viewsChanged(true)
    become('hidden')
    for (let i = 0; i < 1_000; i++) {
      follower.viewsChanged(false)
      vi.advanceTimersByTime(999)
      follower.viewsChanged(true)
      vi.advanceTimersByTime(1)
    }
    expect(new Set(reported)).toEqual(new Set([active]))
    // No report but the renewals.
    expect(reported).toHaveLength(1 + Math.floor(1_000_000 / 60_000))
  })

  it('waits for the views before a page that is hidden from the start counts as hidden', () => {
    follower.stop()
    become('hidden')
    follow()
    expect(reported).toEqual([active])
    follower.viewsChanged(true)
    vi.advanceTimersByTime(10_000)
    expect(reported).toEqual([active])
    follower.stop()
    follow()
    vi.advanceTimersByTime(1_000)
    expect(reported.slice(1)).toEqual([active, 'hidden'])
  })

  it('reports nothing about its views while it is frozen or in the back/forward cache', () => {
    become('hidden')
    page.dispatchEvent(new Event('freeze'))
    follower.viewsChanged(true)
    expect(reported).toEqual(['hidden', 'frozen'])
    page.dispatchEvent(new Event('resume'))
    frame.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }))
    follower.viewsChanged(false)
    vi.advanceTimersByTime(600_000)
    expect(reported.slice(2)).toEqual([active, 'frozen'])
  })
})
