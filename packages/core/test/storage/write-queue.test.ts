import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { StoreState } from '../../src/api/cluster.ts'
import { StorageError } from '../../src/api/errors.ts'
import type { KeyValueChange, KeyValues } from '../../src/storage/key-values.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const value = (byte: number): Uint8Array => Uint8Array.of(byte)
const put = (key: string, byte = 1): KeyValueChange => ({ key, value: value(byte) })

interface Write {
  readonly changes: readonly KeyValueChange[]
  readonly sync: boolean
}

/** A store whose writes and recoveries end when the test ends them. */
class SlowStore implements KeyValues {
  readonly written: Write[] = []
  recoveries = 0
  readonly #ends: { resolve: () => void; reject: (error: Error) => void }[] = []
  #recovery: 'intact' | 'lost' | Error = 'intact'

  async read(): Promise<(readonly [string, Uint8Array])[]> {
    return [['/a/stored', value(9)]]
  }

  write(changes: readonly KeyValueChange[], { sync = false } = {}): Promise<void> {
    this.written.push({ changes, sync })
    return new Promise((resolve, reject) => this.#ends.push({ resolve, reject }))
  }

  async recover(): Promise<'intact' | 'lost'> {
    this.recoveries += 1
    if (this.#recovery instanceof Error) throw this.#recovery
    return this.#recovery
  }

  recoversWith(outcome: 'intact' | 'lost' | Error): void {
    this.#recovery = outcome
  }

  async end(error?: Error): Promise<void> {
    const end = this.#ends.shift()
    if (error) end?.reject(error)
    else end?.resolve()
    await turn()
  }

  get changes(): (readonly KeyValueChange[])[] {
    return this.written.map(({ changes }) => changes)
  }
}

interface Bench {
  readonly store: SlowStore
  readonly clock: ManualClock
  readonly queue: WriteQueue
  readonly states: StoreState[]
}

function bench(): Bench {
  const store = new SlowStore()
  const clock = new ManualClock()
  const states: StoreState[] = []
  const queue = new WriteQueue({ keyValues: store, clock, changed: state => states.push(state) })
  return { store, clock, queue, states }
}

/** The state of a promise. */
function outcomeOf(promise: Promise<void>): { what: 'pending' | 'stored' | Error } {
  const outcome: { what: 'pending' | 'stored' | Error } = { what: 'pending' }
  promise.then(
    () => {
      outcome.what = 'stored'
    },
    error => {
      outcome.what = error
    },
  )
  return outcome
}

describe('write queue', () => {
  it('writes the first change immediately, and later ones in one batch with the newest value of each key', async () => {
    const { store, queue } = bench()
    queue.push([put('/a')])
    queue.push([put('/b')])
    queue.push([put('/a', 2)])
    queue.push([{ key: '/b', value: undefined }])
    await store.end()
    expect(store.changes.map(sorted)).toEqual([[put('/a')], [put('/a', 2), { key: '/b', value: undefined }]])
  })

  it('resolves stored() when a synced write has stored all pushed changes', async () => {
    const { store, queue } = bench()
    queue.push([put('/a')])
    queue.push([put('/b')])
    const stored = outcomeOf(queue.stored())
    await store.end()
    expect(stored.what).toBe('pending')
    await store.end()
    expect(stored.what).toBe('stored')
    expect(store.written.map(({ sync }) => sync)).toEqual([false, true])
  })

  it('checks the store again before it resolves stored() without pending changes', async () => {
    const { store, queue } = bench()
    queue.push([put('/a')], { sync: true })
    const first = outcomeOf(queue.stored())
    await store.end()
    expect(first.what).toBe('stored')
    const second = outcomeOf(queue.stored())
    expect(store.changes.at(-1)).toEqual([])
    await store.end(new Error('deleted'))
    expect(second.what).toBeInstanceOf(StorageError)
  })

  it('writes pending changes during another write when it is flushed', async () => {
    const { store, queue } = bench()
    queue.push([put('/a')])
    queue.push([put('/b')])
    queue.flush()
    expect(store.changes).toEqual([[put('/a')], [put('/b')]])
    queue.push([put('/c')])
    await store.end()
    expect(store.written).toHaveLength(2)
    await store.end()
    expect(store.written).toHaveLength(3)
  })

  it('resolves stored() although later changes are pushed', async () => {
    const { store, queue } = bench()
    queue.push([put('/a')])
    queue.push([put('/b')])
    const stored = outcomeOf(queue.stored())
    await store.end()
    queue.push([put('/c')])
    await store.end()
    expect(stored.what).toBe('stored')
    expect(store.written).toHaveLength(3)
  })

  it('reads pending values instead of stored ones', async () => {
    const { store, queue } = bench()
    queue.push([put('/a/writing'), { key: '/a/stored', value: undefined }])
    queue.push([put('/a/waiting'), put('/b/other')])
    expect(await queue.read('/a')).toEqual([
      ['/a/waiting', value(1)],
      ['/a/writing', value(1)],
    ])
    await store.end()
  })
})

const sorted = (changes: readonly KeyValueChange[]): KeyValueChange[] =>
  [...changes].sort((a, b) => (a.key < b.key ? -1 : 1))

describe('a write queue whose store fails', () => {
  it('rejects all waiters, keeps all changes, and writes them when the store has recovered', async () => {
    const { store, clock, queue, states } = bench()
    queue.push([put('/a')])
    const first = outcomeOf(queue.stored())
    await store.end(new Error('disk full'))
    expect(first.what).toBeInstanceOf(StorageError)
    queue.push([put('/b', 2)])
    expect(store.written).toHaveLength(1)
    await clock.pass(1_000)
    expect(store.recoveries).toBe(1)
    expect(store.written[1]).toEqual({ changes: [put('/a'), put('/b', 2)], sync: true })
    expect(states.map(({ status }) => status)).toEqual(['failing'])
    await store.end()
    expect(states.map(({ status }) => status)).toEqual(['failing', 'ok'])
    const later = outcomeOf(queue.stored())
    await store.end()
    expect(later.what).toBe('stored')
  })

  it('does not resolve stored() before the failed changes are stored, even if later writes succeed', async () => {
    const { store, clock, queue } = bench()
    queue.push([put('/a')])
    queue.push([put('/b')])
    queue.flush()
    await store.end(new Error('disk full'))
    const stored = outcomeOf(queue.stored())
    await store.end()
    await clock.pass(999)
    expect(stored.what).toBe('pending')
    await clock.pass(1)
    expect(store.changes.at(-1)).toEqual([put('/a')])
    await store.end()
    expect(stored.what).toBe('stored')
  })

  it('never overwrites a stored value with an older one', async () => {
    const { store, clock, queue } = bench()
    queue.push([{ key: '/a', value: undefined }, put('/b')])
    queue.push([put('/a', 2)])
    queue.flush()
    await store.end(new Error('disk full'))
    await store.end()
    await clock.pass(1_000)
    expect(store.changes.at(-1)).toEqual([put('/b')])
  })

  it('retries after 1 s, doubling to 30 s, and within 1 s for a new waiter', async () => {
    const { store, clock, queue } = bench()
    store.recoversWith(new Error('still full'))
    queue.push([put('/a')])
    await store.end(new Error('disk full'))
    const triedMs: number[] = []
    for (let ms = 0; ms < 120_000; ms += 500) {
      const before = store.recoveries
      await clock.pass(500)
      if (store.recoveries > before) triedMs.push(clock.nowMs)
    }
    expect(triedMs).toEqual([1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000])
    const stored = outcomeOf(queue.stored())
    await clock.pass(0)
    expect(store.recoveries).toBe(8)
    expect(stored.what).toBeInstanceOf(StorageError)
    const again = outcomeOf(queue.stored())
    store.recoversWith('intact')
    await clock.pass(1_000)
    await store.end()
    expect(again.what).toBe('stored')
  })

  it('writes everything again before it resolves stored(), if the store lost it', async () => {
    const { store, clock, queue } = bench()
    const removeSource = queue.addSource(() => [put('/lost', 1), put('/newer', 1)])
    queue.addSource(() => [put('/other')])
    queue.push([put('/lost')], { sync: true })
    await store.end()
    queue.push([put('/newer', 2)])
    await store.end(new Error('the folder was deleted'))
    store.recoversWith('lost')
    const stored = outcomeOf(queue.stored())
    await clock.pass(1_000)
    expect(sorted(store.changes.at(-1) ?? [])).toEqual([put('/lost'), put('/newer', 2), put('/other')])
    expect(stored.what).toBe('pending')
    await store.end()
    expect(stored.what).toBe('stored')

    removeSource()
    queue.push([put('/x')])
    await store.end(new Error('the folder was deleted'))
    await clock.pass(1_000)
    expect(sorted(store.changes.at(-1) ?? [])).toEqual([put('/other'), put('/x')])
  })

  it('rejects waiters of a store that does not answer, and recovers when the store answers', async () => {
    const { store, clock, queue, states } = bench()
    queue.push([put('/a')])
    const stored = outcomeOf(queue.stored())
    await clock.pass(30_000)
    expect(String(stored.what)).toMatch(/not answered for 30 s/)
    expect(states.map(({ status }) => status)).toEqual(['failing'])
    await store.end()
    await clock.pass(1_000)
    await store.end()
    expect(states.map(({ status }) => status)).toEqual(['failing', 'ok'])
  })

  it('does not count the time for which the process was stopped as silence of the store', async () => {
    const { store, clock, queue, states } = bench()
    queue.push([put('/a')])
    const stored = outcomeOf(queue.stored())
    // After a pause, a timer fires late, and before the answers that arrived meanwhile.
    clock.nowMs += 60_000
    await clock.pass(1_000)
    await store.end()
    await store.end()
    expect(stored.what).toBe('stored')
    expect(states).toEqual([])
  })

  it('stores all changes before the member ends', async () => {
    const { store, queue } = bench()
    queue.push([put('/a')])
    queue.push([put('/b')])
    const closed = outcomeOf(queue.close())
    await store.end()
    expect(closed.what).toBe('pending')
    await store.end()
    expect(closed.what).toBe('stored')
  })

  it('is retried once when the member ends, and not afterwards', async () => {
    const { store, clock, queue } = bench()
    queue.push([put('/a')])
    await store.end(new Error('disk full'))
    store.recoversWith(new Error('disk full'))
    const closed = outcomeOf(queue.close())
    await clock.pass(1_000)
    expect(closed.what).toBe('stored')
    await clock.pass(60_000)
    expect(store.recoveries).toBe(1)
  })

  it('lets no call wait after the member has ended', async () => {
    const { store, clock, queue } = bench()
    queue.push([put('/a')])
    await store.end(new Error('disk full'))
    store.recoversWith(new Error('disk full'))
    // Some apps call again as soon as a call is rejected.
    const again = outcomeOf(queue.stored().catch(() => queue.stored()))
    const closed = outcomeOf(queue.close())
    await clock.pass(1_000)
    expect(closed.what).toBe('stored')
    expect(String(again.what)).toMatch(/disk full/)
  })

  it('that does not answer delays the end of the member by 5 s', async () => {
    const { clock, queue } = bench()
    queue.push([put('/a')])
    const stored = outcomeOf(queue.stored())
    await clock.pass(30_000)
    expect(String(stored.what)).toMatch(/not answered for 30 s/)
    const closed = outcomeOf(queue.close())
    await clock.pass(4_999)
    expect(closed.what).toBe('pending')
    await clock.pass(1)
    expect(closed.what).toBe('stored')
  })
})
