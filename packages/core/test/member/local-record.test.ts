import { describe, expect, it } from 'vitest'
import { firstRecord, type LocalChange, LocalRecord } from '../../src/member/local-record.ts'

function localRecord(): LocalRecord {
  return new LocalRecord(firstRecord({ name: 'ada', tags: { role: 'db' }, incarnation: 5 }))
}

describe('local record', () => {
  it('changes the given properties in a greater version, and keeps the others', () => {
    const record = localRecord()
    record.change({ name: 'Ada' })
    record.change({ leaving: true })
    expect(record.fact().record).toMatchObject({
      incarnation: 5,
      version: 3,
      name: 'Ada',
      tags: { role: 'db' },
      leaving: true,
    })
    expect(record.leaving).toBe(true)
  })

  it.each<[LocalChange, boolean]>([
    [{}, false],
    [{ name: 'ada' }, false],
    [{ tags: { role: 'db' } }, false],
    [{ name: 'ada', tags: { role: 'db' } }, false],
    [{ name: 'Ada' }, true],
    [{ tags: {} }, true],
    [{ tags: { role: 'web' } }, true],
    [{ tags: { role: 'db', zone: 'a' } }, true],
    [{ tags: { zone: 'db' } }, true],
    // Equal attention renews its lease.
    [{ attention: { state: 'full', leaseMs: 0 } }, true],
  ])('is changed by %j: %s', (change, isChanged) => {
    expect(localRecord().isChangedBy(change)).toBe(isChanged)
  })

  it('refutes by a greater incarnation, and restarts versions and heartbeats', () => {
    const record = localRecord()
    record.change({ name: 'Ada' })
    expect(record.nextHeartbeat()).toEqual({ type: 'heartbeat', incarnation: 5, sequence: 1 })
    expect(record.nextHeartbeat()).toEqual({ type: 'heartbeat', incarnation: 5, sequence: 2 })
    record.refute(8)
    expect([record.incarnation, record.version]).toEqual([9, 1])
    expect(record.fact().record.name).toBe('Ada')
    expect(record.nextHeartbeat()).toEqual({ type: 'heartbeat', incarnation: 9, sequence: 1 })
    record.refute(2)
    expect(record.incarnation).toBe(10)
  })

  it('restarts with the given incarnation, even a smaller one', () => {
    const record = localRecord()
    record.change({ name: 'Ada' })
    record.nextHeartbeat()
    record.restart(3)
    expect(record.fact().record).toMatchObject({ incarnation: 3, version: 1, name: 'Ada' })
    expect(record.nextHeartbeat()).toEqual({ type: 'heartbeat', incarnation: 3, sequence: 1 })
  })
})
