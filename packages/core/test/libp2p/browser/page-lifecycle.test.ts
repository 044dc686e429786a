import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { followPage } from '../../../src/libp2p/browser/page-lifecycle.ts'

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
const frame = new EventTarget()
const reported: string[] = []
let stop: () => void

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', frame)
  page.visibilityState = 'visible'
  reported.length = 0
  stop = followPage({
    attentionChanged: ({ state }) => reported.push(state),
    pageClosing: () => reported.push('closing'),
  })
})

afterEach(() => {
  stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function become(visibilityState: 'visible' | 'hidden'): void {
  page.visibilityState = visibilityState
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
  stop()
  become('visible')
  vi.advanceTimersByTime(600_000)
  expect(reported).toEqual(['hidden'])
})
