import { beforeEach, describe, expect, it } from 'vitest'
import { type Batch, PendingWrites } from '../../src/storage/pending-writes.ts'

let pending: PendingWrites

beforeEach(() => {
  pending = new PendingWrites()
})

const change = (key: string, value?: number) => ({
  key,
  value: value === undefined ? undefined : Uint8Array.of(value),
})

function valuesOf({ pending }: Batch): [key: string, value: number | undefined][] {
  return [...pending].map(([key, { change }]) => [key, change.value?.[0]])
}

describe('pending writes', () => {
  it('contain only the newest value of a key', () => {
    pending.push([change('a', 1), change('b', 1)])
    pending.push([change('a', 2)])
    expect(pending.areWaiting).toBe(true)
    const batch = pending.begin(true)
    expect(valuesOf(batch)).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect([batch.upTo, batch.isSynced, pending.areWaiting, pending.isWriting]).toEqual([
      2,
      true,
      false,
      true,
    ])
  })

  it('stay pending until their batch is written', () => {
    pending.push([change('a', 1)])
    const batch = pending.begin(false)
    pending.push([change('b', 1)])
    expect(pending.oldest()).toBe(1)
    pending.written(batch)
    expect([pending.oldest(), pending.isWriting]).toEqual([2, false])
  })

  it('wait again when their batch failed, but not over a newer value', () => {
    pending.push([change('a', 1), change('b', 1)])
    const failed = pending.begin(false)
    pending.push([change('a', 2)])
    pending.failed(failed)
    expect(pending.oldest()).toBe(1)
    expect(valuesOf(pending.begin(false))).toEqual([
      ['a', 2],
      ['b', 1],
    ])
  })

  it('are not repeated by an earlier batch that fails after a later one took the key', () => {
    pending.push([change('a', 1)])
    const earlier = pending.begin(false)
    pending.push([change('a', 2)])
    const later = pending.begin(false)
    pending.written(later)
    pending.failed(earlier)
    expect(pending.areWaiting).toBe(false)
  })

  it('come after the values that a store lost, and all count from the first push', () => {
    pending.push([change('a', 1)])
    pending.written(pending.begin(false))
    pending.push([change('a', 2)])
    pending.lost([change('a', 1), change('b', 1)])
    expect(pending.oldest()).toBe(1)
    expect(valuesOf(pending.begin(true))).toEqual([
      ['a', 2],
      ['b', 1],
    ])
  })

  it('change stored values under a path as they will when they are written', () => {
    pending.push([change('/a/1', 1), change('/a/2', 1), change('/ab/1', 1)])
    pending.begin(false)
    pending.push([change('/a/1'), change('/a/3', 3)])
    const values = new Map([
      ['/a/1', Uint8Array.of(0)],
      ['/a/0', Uint8Array.of(0)],
    ])
    pending.apply(values, '/a')
    expect([...values].map(([key, value]) => [key, value[0]])).toEqual([
      ['/a/0', 0],
      ['/a/2', 1],
      ['/a/3', 3],
    ])
  })
})
