import { describe, expect, it } from 'vitest'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { createStore } from '../../src/runtime/owned-store.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

function bench() {
  const notifications = new AppNotifications(new ManualClock())
  const state = { value: 0, reads: 0 }
  const store = createStore(notifications, () => {
    state.reads += 1
    return state.value
  })
  return { notifications, state, store }
}

describe('owned store', () => {
  it("returns its owner's value at any time, also during a step", () => {
    const { notifications, state, store } = bench()
    notifications.step(() => {
      state.value = 1
      expect(store.getSnapshot()).toBe(1)
    })
  })

  it('calls its listeners once after the step, for any number of refreshes', () => {
    const { notifications, state, store } = bench()
    const calls: number[] = []
    store.subscribe(() => calls.push(store.getSnapshot()))
    notifications.step(() => {
      for (state.value = 1; state.value < 5; state.value++) store.refresh()
      expect(calls).toEqual([])
    })
    expect(calls).toEqual([5])
  })

  it('does not call its listeners if the value is the same object as before', () => {
    const { state, store } = bench()
    const calls: number[] = []
    store.subscribe(() => calls.push(state.value))
    store.refresh()
    state.value = 1
    store.refresh()
    store.refresh()
    expect(calls).toEqual([1])
  })

  it('does not read the value while it has no listener', () => {
    const { state, store } = bench()
    store.refresh()
    expect(state.reads).toBe(0)
    const stop = store.subscribe(() => {})
    stop()
    const before = state.reads
    store.refresh()
    expect(state.reads).toBe(before)
  })

  it('compares the value with that at the subscription: a change before it calls no listener', () => {
    const { state, store } = bench()
    state.value = 1
    const calls: number[] = []
    store.subscribe(() => calls.push(state.value))
    store.refresh()
    expect(calls).toEqual([])
  })

  it('calls a function that subscribed twice twice, and each undo ends one subscription', () => {
    const { state, store } = bench()
    const calls: number[] = []
    const listener = () => void calls.push(state.value)
    const stops = [store.subscribe(listener), store.subscribe(listener)]
    state.value = 1
    store.refresh()
    stops[0]?.()
    stops[0]?.()
    state.value = 2
    store.refresh()
    expect(calls).toEqual([1, 1, 2])
  })
})
