import { beforeEach, describe, expect, it } from 'vitest'
import { presenceIntervalMs } from '../../src/handles/presence-publisher.ts'
import { Throttle } from '../../src/runtime/throttle.ts'

describe('throttle', () => {
  let nowMs: number
  let timer: { atMs: number; callback: () => void } | undefined
  let done: number[]
  let paced: Throttle
  let intervalMs: number
  const run = (toMs: number): void => {
    for (; timer && timer.atMs <= toMs; ) {
      const { atMs, callback } = timer
      nowMs = atMs
      timer = undefined
      callback()
    }
    nowMs = toMs
  }

  beforeEach(() => {
    nowMs = 0
    timer = undefined
    done = []
    intervalMs = 50
    const clock = {
      now: () => ({ monotonicMs: nowMs, epochMs: nowMs }),
      setTimer: (atMs: number, callback: () => void) => {
        timer = { atMs, callback }
        return () => {
          timer = undefined
        }
      },
    }
    paced = new Throttle(
      clock,
      () => intervalMs,
      () => done.push(nowMs),
    )
  })

  it('runs the first request immediately, later ones once in an interval, and never drops the last', () => {
    for (let atMs = 0; atMs < 120; atMs += 10) {
      run(atMs)
      paced.request()
    }
    run(1_000)
    expect(done).toEqual([0, 50, 100, 150])
    paced.request()
    expect(done.at(-1)).toBe(1_000)
  })

  it('uses the interval at the time of each run', () => {
    intervalMs = 200
    paced.request()
    paced.request()
    run(1_000)
    expect(done).toEqual([0, 200])
  })

  it('runs a pending request when it is flushed, and none once it is stopped', () => {
    paced.request()
    paced.request()
    run(10)
    paced.flush()
    paced.flush()
    expect(done).toEqual([0, 10])
    paced.request()
    paced.stop()
    run(1_000)
    expect(done).toEqual([0, 10])
  })
})

it.each([
  [2, 50],
  [20, 50],
  [100, 250],
])('sends presence in a room of %i members at most every %i ms', (members, expectedMs) => {
  expect(presenceIntervalMs(members)).toBe(expectedMs)
})
