import { describe, expect, it } from 'vitest'
import { firstEpoch, nextEpoch } from '../../src/spaces/documents/epochs/epoch.ts'
import { LogKeys, maxAppended } from '../../src/storage/log-keys.ts'
import type { StoredUpdate } from '../../src/storage/stored-epochs.ts'

const bytes = (length: number) => new Uint8Array(length)

function keysOf(updates: readonly StoredUpdate[] = [], others: readonly StoredUpdate[] = []): LogKeys {
  return new LogKeys({ prefix: '/a', writerId: 'one' }, undefined, updates, others)
}

describe('the keys of a log', () => {
  it('sort in the order in which they were assigned, after all stored numbers', () => {
    const keys = keysOf(
      [['/a/000000000000007-other', bytes(1)]],
      [['/a/superseded-000000000000009-one', bytes(1)]],
    )
    expect(keys.putUpdate(bytes(1)).key).toBe('/a/000000000000010-one')
    expect(keys.putBase(bytes(1)).key).toBe('/a/000000000000011-one-base')
    expect(keys.nextName()).toBe('000000000000012-one')
    expect(keys.putRun(bytes(1)).key).toBe('/a/000000000000013-one')
  })

  it('belong to the epoch that was entered', () => {
    const keys = keysOf()
    keys.enter(firstEpoch)
    expect(keys.putUpdate(bytes(1)).key).toMatch(/^\/a\/0{15}-one$/)
    keys.enter(nextEpoch(firstEpoch, bytes(16)))
    expect(keys.putUpdate(bytes(1)).key).toMatch(/^\/a\/[^/]+\/0{14}1-one$/)
  })

  it('are taken all at once, and can be given back', () => {
    const keys = keysOf([['/a/000000000000000-one-base', bytes(1)]])
    const { key } = keys.putUpdate(bytes(1))
    const all = ['/a/000000000000000-one-base', key]
    expect(keys.takeAll()).toEqual(all)
    expect(keys.takeAll()).toEqual([])
    keys.restore(all)
    expect(keys.takeAll()).toEqual(all)
  })

  it('ask for a merge when many short updates were appended, of the oldest ones only', () => {
    const keys = keysOf()
    const put = Array.from({ length: maxAppended }, () => keys.putUpdate(bytes(1)).key)
    expect([keys.isTailLong, keys.isLogLong]).toEqual([true, false])
    const { key } = keys.putUpdate(bytes(1))
    expect(keys.takeOldest().map(([oldest]) => oldest)).toEqual(put)
    expect(keys.isTailLong).toBe(false)
    expect(keys.takeAll()).toEqual([key])
  })

  it('merge no more than 64 KiB at once, and no update of that length', () => {
    const keys = keysOf()
    keys.putUpdate(bytes(65_536))
    const short = [30_000, 30_000, 30_000, 1].map(length => keys.putUpdate(bytes(length)).key)
    expect(keys.takeOldest().map(([key]) => key)).toEqual(short.slice(0, 3))
  })

  it('ask for a new base when the log is longer than the base, and than 64 KiB', () => {
    const keys = keysOf([['/a/000000000000000-one-base', bytes(100_000)]])
    keys.putUpdate(bytes(70_000))
    expect(keys.isLogLong).toBe(false)
    keys.putUpdate(bytes(30_001))
    expect(keys.isLogLong).toBe(true)
    keys.takeAll()
    expect(keys.isLogLong).toBe(false)
  })

  it('ask for a new base when the log has more than 64 runs', () => {
    const keys = keysOf()
    for (let run = 0; run < 64; run++) keys.putRun(bytes(1))
    expect(keys.isLogLong).toBe(false)
    keys.putRun(bytes(1))
    expect(keys.isLogLong).toBe(true)
  })
})
