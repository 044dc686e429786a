import { describe, expect, it } from 'vitest'
import type { Query, QueryResult } from '../../src/api/query.ts'
import { convergenceOf } from '../../src/handles/convergence-meter.ts'
import { ConvergenceStore } from '../../src/handles/convergence-store.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const resultOf = (answers: Record<string, string>, missing: readonly string[] = []): QueryResult => ({
  answers: Object.entries(answers).map(([from, value]) => ({ from, value })),
  failures: [],
  missing,
})

class Bench {
  readonly clock = new ManualClock()
  result: QueryResult = resultOf({ self: 'a', ada: 'a' })
  queries = 0
  isRunning = true
  readonly store: ConvergenceStore = new ConvergenceStore(new AppNotifications(this.clock), {
    self: { id: 'self' },
    query: async () => {
      this.queries += 1
      if (!this.isRunning) throw new Error('not running')
      return this.result
    },
  } as unknown as { self: never; query: () => Query })
}

describe('the convergence meter', () => {
  it('compares all answers with that of the member itself', () => {
    const { answers } = resultOf({ self: 'a', bob: 'b', ada: 'a' })
    const failures = [{ from: 'dan', reason: 'no-handler' } as const]
    expect(convergenceOf({ answers, failures, missing: ['cid'] }, 'self', 5)).toEqual({
      agreeing: 2,
      known: 5,
      sinceMs: undefined,
      differing: ['bob'],
      missing: ['cid', 'dan'],
    })
    expect(convergenceOf(resultOf({ self: 'a', ada: 'a' }), 'self', 5).sinceMs).toBe(5)
    expect(convergenceOf(resultOf({ ada: 'a' }), 'self', 5).sinceMs).toBe(undefined)
  })

  it('measures only while the member runs and has a listener', async () => {
    const bench = new Bench()
    const stop = bench.store.subscribe(() => {})
    await bench.clock.pass(10_000)
    expect(bench.queries).toBe(0)
    bench.store.start()
    await bench.clock.pass(10_000)
    expect(bench.queries).toBe(6)
    stop()
    stop()
    await bench.clock.pass(10_000)
    expect(bench.queries).toBe(6)
    bench.store.subscribe(() => {})
    await bench.clock.pass(1_000)
    expect(bench.queries).toBe(7)
    bench.store.stop()
    await bench.clock.pass(10_000)
    expect(bench.queries).toBe(7)
  })

  it('keeps its snapshot while nothing changes, and begins anew when all agree again', async () => {
    const bench = new Bench()
    bench.store.start()
    const values: unknown[] = []
    bench.store.subscribe(() => values.push(bench.store.getSnapshot().sinceMs))
    await bench.clock.pass(6_000)
    const { sinceMs = 0 } = bench.store.getSnapshot()
    bench.result = resultOf({ self: 'a', ada: 'b' })
    await bench.clock.pass(4_000)
    bench.result = resultOf({ self: 'b', ada: 'b' })
    await bench.clock.pass(4_000)
    expect(values).toEqual([sinceMs, undefined, sinceMs + 12_000])
  })

  it('goes on when a measurement fails', async () => {
    const bench = new Bench()
    bench.isRunning = false
    bench.store.start()
    bench.store.subscribe(() => {})
    await bench.clock.pass(3_000)
    bench.isRunning = true
    await bench.clock.pass(2_000)
    expect(bench.store.getSnapshot()).toMatchObject({ agreeing: 2, known: 2 })
  })

  it('settles when a measurement after the call shows agreement, or rejects', async () => {
    const bench = new Bench()
    bench.result = resultOf({ self: 'a' }, ['ada'])
    let isSettled = false
    const settled = bench.store.settled().then(() => {
      isSettled = true
    })
    await bench.clock.pass(5_000)
    expect(isSettled).toBe(false)
    bench.result = resultOf({ self: 'a', ada: 'a' })
    await bench.clock.pass(2_000)
    await settled
    bench.result = resultOf({ self: 'a' }, ['ada'])
    const controller = new AbortController()
    const aborted = expect(bench.store.settled({ signal: controller.signal })).rejects.toThrow('enough')
    await bench.clock.pass(5_000)
    controller.abort(new Error('enough'))
    await aborted
    bench.isRunning = false
    await expect(bench.store.settled()).rejects.toThrow('not running')
    await expect(bench.store.settled({ signl: 1 } as never)).rejects.toThrow(/signal/)
  })

  it('rejects a pending promise at once when the member leaves', async () => {
    const bench = new Bench()
    bench.store.start()
    bench.result = resultOf({ self: 'a', ada: 'b' })
    const settled = bench.store.settled()
    settled.catch(() => {})
    await bench.clock.pass(100)
    bench.isRunning = false
    bench.store.stop()
    // No time passes.
    await expect(settled).rejects.toThrow('not running')
  })
})
