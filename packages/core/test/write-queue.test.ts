import { describe, expect, it } from 'vitest'
import { StorageError } from '../src/cluster/errors.ts'
import type { KeyValueChange, KeyValues } from '../src/cluster/ports.ts'
import { WriteQueue } from '../src/spaces/write-queue.ts'

const value = (byte: number): Uint8Array => Uint8Array.of(byte)

/** Writes end when they are told to. */
class SlowStore implements KeyValues {
  readonly written: (readonly KeyValueChange[])[] = []
  readonly #ends: { resolve: () => void; reject: (error: Error) => void }[] = []

  async read(): Promise<[]> {
    return []
  }

  write(changes: readonly KeyValueChange[]): Promise<void> {
    this.written.push(changes)
    return new Promise((resolve, reject) => this.#ends.push({ resolve, reject }))
  }

  async end(error?: Error): Promise<void> {
    const end = this.#ends.shift()
    if (error) end?.reject(error)
    else end?.resolve()
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe('write queue', () => {
  it('writes the first change at once, and what came meanwhile together, the last of each key', async () => {
    const store = new SlowStore()
    const queue = new WriteQueue(store)
    queue.push([{ key: '/a', value: value(1) }])
    queue.push([{ key: '/b', value: value(1) }])
    queue.push([{ key: '/a', value: value(2) }])
    queue.push([{ key: '/b', value: undefined }])
    await store.end()
    expect(store.written).toEqual([
      [{ key: '/a', value: value(1) }],
      [
        { key: '/a', value: value(2) },
        { key: '/b', value: undefined },
      ],
    ])
  })

  it('is stored when all that was pushed is', async () => {
    const store = new SlowStore()
    const queue = new WriteQueue(store)
    queue.push([{ key: '/a', value: value(1) }])
    queue.push([{ key: '/b', value: value(1) }])
    let isStored = false
    const stored = queue.stored().then(() => {
      isStored = true
    })
    await store.end()
    expect(isStored).toBe(false)
    await store.end()
    await stored
    expect(isStored).toBe(true)
  })

  it('writes what waits beside what is being written when it is flushed', async () => {
    const store = new SlowStore()
    const queue = new WriteQueue(store)
    queue.push([{ key: '/a', value: value(1) }])
    queue.push([{ key: '/b', value: value(1) }])
    queue.flush()
    expect(store.written).toEqual([[{ key: '/a', value: value(1) }], [{ key: '/b', value: value(1) }]])
    queue.push([{ key: '/c', value: value(1) }])
    await store.end()
    expect(store.written).toHaveLength(2)
    await store.end()
    expect(store.written).toHaveLength(3)
  })

  it('is stored though others go on to push', async () => {
    const store = new SlowStore()
    const queue = new WriteQueue(store)
    queue.push([{ key: '/a', value: value(1) }])
    queue.push([{ key: '/b', value: value(1) }])
    const stored = queue.stored()
    await store.end()
    queue.push([{ key: '/c', value: value(1) }])
    await store.end()
    await stored
    expect(store.written).toHaveLength(3)
  })

  it('says when the store fails, loses nothing, and writes it with the next change', async () => {
    const store = new SlowStore()
    const queue = new WriteQueue(store)
    queue.push([{ key: '/a', value: value(1) }])
    const stored = expect(queue.stored()).rejects.toThrow(StorageError)
    await store.end(new Error('disk full'))
    await stored
    queue.push([{ key: '/b', value: value(2) }])
    await store.end()
    await queue.stored()
    expect(store.written[1]).toEqual([
      { key: '/a', value: value(1) },
      { key: '/b', value: value(2) },
    ])
  })
})
