import { describe, expect, it } from 'vitest'
import { SyncSchedule } from '../../src/anti-entropy/sync-schedule.ts'

function schedule(random: () => number): SyncSchedule {
  return new SyncSchedule({ minIntervalMs: 1_000, maxIntervalMs: 5_000, random }, 0)
}

/** The wait after each of several syncs with equal tables. */
function waits(subject: SyncSchedule, agreements: number): number[] {
  return Array.from({ length: agreements }, () => {
    subject.agreed()
    subject.started(0)
    return subject.dueMs
  })
}

describe('sync schedule', () => {
  it('waits between 75 % and 125 % of the interval', () => {
    expect(schedule(() => 0).dueMs).toBe(750)
    expect(schedule(() => 0.5).dueMs).toBe(1_000)
    expect(schedule(() => 1 - 2 ** -53).dueMs).toBeLessThanOrEqual(1_250)
  })

  it('doubles its interval while tables are equal, up to the longest', () => {
    expect(
      waits(
        schedule(() => 0.5),
        5,
      ),
    ).toEqual([2_000, 4_000, 5_000, 5_000, 5_000])
  })

  it('returns to the shortest interval after a change, and is due earlier', () => {
    const subject = schedule(() => 0.5)
    waits(subject, 5)
    expect(subject.dueMs).toBe(5_000)
    subject.changed(100)
    expect(subject.dueMs).toBe(1_100)
    subject.started(1_100)
    expect(subject.dueMs).toBe(2_100)
  })

  it('is not delayed by further changes', () => {
    const subject = schedule(() => 0.5)
    for (let nowMs = 0; nowMs < 1_000; nowMs += 100) subject.changed(nowMs)
    expect(subject.dueMs).toBe(1_000)
  })
})
