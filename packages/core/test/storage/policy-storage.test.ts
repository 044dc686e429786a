import { describe, expect, it } from 'vitest'
import { testTag } from '../../../../test/helpers/signed-facts.ts'
import type { KeyValueChange } from '../../src/storage/key-values.ts'
import { openPolicy } from '../../src/storage/policy-storage.ts'
import type { WriteQueue } from '../../src/storage/write-queue.ts'
import { authority, nowMs, revocation, revocationKind } from '../policy/policy-facts.ts'

/** A store in memory. */
class Store {
  readonly values = new Map<string, Uint8Array>()
  changes = 0
  readonly queue = {
    addSource: () => {},
    read: () => Promise.resolve([...this.values]),
    push: (changes: readonly KeyValueChange[]) => {
      this.changes += changes.length
      for (const { key, value } of changes)
        if (value) this.values.set(key, value)
        else this.values.delete(key)
    },
  } as unknown as WriteQueue

  open(): ReturnType<typeof openPolicy> {
    return openPolicy({ kinds: { revocation: revocationKind }, authority }, this.queue, testTag)
  }
}

const facts = Array.from({ length: 20 }, (_, i) => revocation(authority, `${i}`, nowMs + 1_000 * (i + 1)))

describe('the stored policy facts', () => {
  it('are those of the set, each written once, and are read again', async () => {
    const store = new Store()
    const { set, store: update } = store.open()
    for (const fact of facts) {
      set.merge(fact, nowMs)
      update()
    }
    expect([store.values.size, store.changes]).toEqual([20, 20])
    const keys = set.registers().map(({ key }) => key)
    expect(keys).toEqual([...keys].sort())
    expect(new Set(await store.open().load())).toEqual(new Set(facts))
  })

  it('contain those that have ended: the clock may have been ahead', async () => {
    const store = new Store()
    const ahead = store.open()
    for (const fact of facts) ahead.set.merge(fact, nowMs)
    ahead.store()
    ahead.set.sweep(nowMs + 90_000)
    ahead.store()
    const right = store.open()
    right.set.restore(await right.load(), nowMs)
    expect(right.set.size).toBe(20)
    right.set.drop(() => true)
    right.store()
    expect(store.values.size).toBe(0)
  })

  it('are those of the set and its ended ones, also after a restart', async () => {
    const store = new Store()
    const first = store.open()
    for (const fact of facts) first.set.merge(fact, nowMs)
    first.store()
    const { set, load, store: update } = store.open()
    set.restore(await load(), nowMs)
    set.sweep(nowMs + 5_000)
    set.merge(revocation(authority, 'another', nowMs + 90_000), nowMs + 5_000)
    update()
    expect([store.values.size, set.size, set.ended().length]).toEqual([21, 16, 5])
    const kept = [...set.registers(), ...set.ended()].map(({ fact }) => fact)
    expect(new Set(await store.open().load())).toEqual(new Set(kept))
  })
})
