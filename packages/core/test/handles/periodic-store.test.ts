import { beforeEach, describe, expect, it } from 'vitest'
import { PeriodicStore } from '../../src/handles/periodic-store.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

/** A store of the number that `value` holds, with counters of its computations, refreshes and announcements. */
class StoreBench {
  readonly clock = new ManualClock()
  value = 1
  computations = 0
  refreshes = 0
  calls = 0
  readonly store: PeriodicStore<{ readonly value: number }>

  constructor(maxAgeMs: number) {
    this.store = new PeriodicStore({
      notifications: new AppNotifications(this.clock),
      initial: { value: 0 },
      compute: last => {
        this.computations += 1
        return last.value === this.value ? last : { value: this.value }
      },
      maxAgeMs,
      beforeRefresh: () => {
        this.refreshes += 1
      },
    })
  }

  get shown(): number {
    return this.store.getSnapshot().value
  }

  subscribe(): () => void {
    return this.store.subscribe(() => {
      this.calls += 1
    })
  }
}

let bench: StoreBench

beforeEach(() => {
  bench = new StoreBench(0)
})

it('has the initial value, and sets no timer, before the member starts', async () => {
  bench.subscribe()
  const { store } = bench
  expect(store.getSnapshot()).toBe(store.getSnapshot())
  expect(bench.shown).toBe(0)
  await bench.clock.pass(3_000)
  expect(bench).toMatchObject({ computations: 0, refreshes: 0, calls: 0 })
  store.start()
  expect(bench.shown).toBe(1)
  await bench.clock.pass(1_000)
  expect(bench).toMatchObject({ refreshes: 1, calls: 1 })
})

describe('while the member runs', () => {
  beforeEach(() => {
    bench.store.start()
  })

  it('is current without a listener, and the same object while the value is equal', () => {
    const first = bench.store.getSnapshot()
    expect(bench.store.getSnapshot()).toBe(first)
    bench.value = 2
    expect(bench.shown).toBe(2)
  })

  it('is refreshed every second while it has a listener, and at no other time', async () => {
    await bench.clock.pass(3_000)
    expect(bench.refreshes).toBe(0)
    const stops = [bench.subscribe(), bench.subscribe()]
    stops[0]?.()
    await bench.clock.pass(3_000)
    expect(bench.refreshes).toBe(3)
    stops[1]?.()
    await bench.clock.pass(3_000)
    expect(bench.refreshes).toBe(3)
    bench.subscribe()
    await bench.clock.pass(1_000)
    expect(bench.refreshes).toBe(4)
  })

  it('calls listeners once for a change, although the app has read it before', async () => {
    bench.subscribe()
    await bench.clock.pass(2_000)
    expect(bench.calls).toBe(0)
    bench.value = 2
    expect(bench.shown).toBe(2)
    await bench.clock.pass(2_000)
    expect(bench.calls).toBe(1)
  })

  it('lends its functions to adapters', () => {
    const { getSnapshot, subscribe } = bench.store
    let seen = 0
    subscribe(() => {
      seen = getSnapshot().value
    })
    bench.value = 2
    bench.store.refresh()
    expect(seen).toBe(2)
  })

  it('calls listeners of a refresh at once', () => {
    bench.subscribe()
    bench.value = 2
    bench.store.refresh()
    bench.store.refresh()
    expect(bench.calls).toBe(1)
  })
})

it('computes a value with a maximum age only when it is older', async () => {
  bench = new StoreBench(1_000)
  bench.store.start()
  expect(bench.shown).toBe(1)
  bench.value = 2
  await bench.clock.pass(999)
  expect(bench.shown).toBe(1)
  await bench.clock.pass(1)
  expect(bench.shown).toBe(2)
  bench.value = 3
  bench.store.refresh()
  expect(bench.shown).toBe(3)
})

describe('after the leave', () => {
  beforeEach(() => {
    bench.store.start()
    bench.subscribe()
    bench.value = 2
    bench.store.stop()
  })

  it('keeps the last value, also for later listeners, and announces it', async () => {
    expect(bench.calls).toBe(1)
    bench.value = 3
    bench.subscribe()
    await bench.clock.pass(3_000)
    expect(bench).toMatchObject({ shown: 2, refreshes: 0, calls: 1 })
  })

  it('shows a change that the member reports', () => {
    bench.value = 3
    bench.store.refresh()
    expect(bench).toMatchObject({ shown: 3, calls: 2 })
    bench.value = 4
    expect(bench.shown).toBe(3)
  })

  it('is refreshed for earlier listeners if the member starts again', async () => {
    bench.store.start()
    bench.value = 3
    await bench.clock.pass(1_000)
    expect(bench).toMatchObject({ shown: 3, refreshes: 1, calls: 2 })
  })
})
