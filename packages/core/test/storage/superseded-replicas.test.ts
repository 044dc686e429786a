import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import { datastoreKeyValues } from '../../src/storage/datastore-key-values.ts'
import { SupersededReplicas } from '../../src/storage/superseded-replicas.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const update = Uint8Array.of(1)

describe('superseded replicas', () => {
  it('are stored until the app discards them', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const queue = new WriteQueue({ keyValues, clock: new ManualClock() })
    const replicas = new SupersededReplicas('/a', queue, [])
    replicas.add('1-one', update)
    await queue.stored()
    expect((await keyValues.read('/a')).map(([key]) => key)).toEqual(['/a/superseded-1-one'])
    replicas.discard()
    await queue.stored()
    expect([replicas.stored, await keyValues.read('/a')]).toEqual([[], []])
  })

  it('are at most 16, of which the oldest is dropped', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const queue = new WriteQueue({ keyValues, clock: new ManualClock() })
    const replicas = new SupersededReplicas('/a', queue, [])
    const names = Array.from({ length: 17 }, (_, i) => `${10 + i}`)
    for (const name of names) replicas.add(name, update)
    await queue.stored()
    const keys = names.slice(1).map(name => `/a/superseded-${name}`)
    expect(replicas.stored.map(([key]) => key)).toEqual(keys)
    expect((await keyValues.read('/a')).map(([key]) => key)).toEqual(keys)
  })

  it('stay in memory when the store is in memory', () => {
    const replicas = new SupersededReplicas('/a', undefined, [])
    replicas.add('1-one', update)
    expect(replicas.stored).toEqual([['/a/superseded-1-one', update]])
  })
})
