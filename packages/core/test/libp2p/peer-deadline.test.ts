import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startPeerDeadline } from '../../src/libp2p/peer-deadline.ts'

const missed = vi.fn<() => void>()

beforeEach(() => {
  vi.useFakeTimers()
  missed.mockClear()
})
afterEach(() => {
  vi.useRealTimers()
})

it('a peer deadline is missed after its time, and not if it ended before', () => {
  startPeerDeadline(1_000, missed)
  vi.advanceTimersByTime(999)
  expect(missed).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(missed).toHaveBeenCalledTimes(1)
  const end = startPeerDeadline(1_000, missed)
  vi.advanceTimersByTime(500)
  end()
  vi.advanceTimersByTime(10_000)
  expect(missed).toHaveBeenCalledTimes(1)
})

it('a peer has the whole time again after the local machine was late, and the deadline can still be ended', () => {
  startPeerDeadline(1_000, missed)
  const end = startPeerDeadline(1_000, missed)
  // The process was stopped: its clock continued, and its timers fire late.
  const late = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1_501)
  vi.advanceTimersByTime(1_000)
  late.mockRestore()
  expect(missed).not.toHaveBeenCalled()
  end()
  vi.advanceTimersByTime(5_000)
  expect(missed).toHaveBeenCalledTimes(1)
})
