import { expect, it } from 'vitest'
import { LocalPause, lateMs } from '../src/local-pause.ts'
import { profiles } from '../src/parameters.ts'

it.each([
  ['early', 900, 1_000, 800, 0],
  ['on time', 1_000, 1_000, 900, 0],
  ['late', 1_500, 1_000, 900, 500],
  ['called in the meantime', 9_000, 1_000, 8_700, 300],
  ['nothing due', 9_000, Infinity, 0, 0],
  ['the first call', 9_000, Infinity, -Infinity, 0],
])('%s: now %d, due %d, last called %d: %d ms late', (_, nowMs, deadlineMs, lastCallMs, expectedMs) => {
  expect(lateMs(nowMs, deadlineMs, lastCallMs)).toBe(expectedMs)
})

it('has a grace period after a pause, and counts two signs of one pause once', () => {
  const pause = new LocalPause(profiles.lan)
  expect(pause.graceUntilMs).toBe(-Infinity)
  expect([pause.resumed(5_000), pause.resumed(5_000), pause.resumed(6_000)]).toEqual([true, false, true])
  expect(pause.graceUntilMs).toBe(8_000)
})

it.each([
  [500, false, false],
  [501, false, true],
  [501, true, false],
  [20_500, true, false],
  [20_501, true, true],
])('a call that is %d ms late, when timers are late: %s, shows a pause: %s', (lateMs, areLate, isPause) => {
  const pause = new LocalPause(profiles.lan)
  pause.timersAreLate = areLate
  expect(pause.isPause(lateMs)).toBe(isPause)
})

it('is in a grace period about half of the time at most, and for a moment after each pause', () => {
  const pause = new LocalPause(profiles.lan)
  let graceMs = 0
  for (let nowMs = 0; nowMs < 600_000; nowMs += 100) {
    if (nowMs % 1_900 === 0) {
      pause.resumed(nowMs)
      expect(pause.graceUntilMs).toBeGreaterThanOrEqual(nowMs + 500)
    }
    if (nowMs < pause.graceUntilMs) graceMs += 100
  }
  expect(graceMs).toBeGreaterThan(0.45 * 600_000)
  expect(graceMs).toBeLessThan(0.65 * 600_000)
})
