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

  it('disappear with the facts of the set, also after a restart', async () => {
    const store = new Store()
    const first = store.open()
    for (const fact of facts) first.set.merge(fact, nowMs)
    first.store()
    const { set, load, store: update } = store.open()
    set.restore(await load(), nowMs)
    set.sweep(nowMs + 5_000)
    set.merge(revocation(authority, 'another', nowMs + 90_000), nowMs + 5_000)
    update()
    expect([store.values.size, set.size]).toEqual([16, 16])
    expect(new Set(await store.open().load())).toEqual(new Set(set.registers().map(({ fact }) => fact)))
  })
})
