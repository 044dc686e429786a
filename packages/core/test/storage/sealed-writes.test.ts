import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { beforeEach, describe, expect, it } from 'vitest'
import { StorageError } from '../../src/api/errors.ts'
import { datastoreKeyValues } from '../../src/storage/datastore-key-values.ts'
import { SealedWrites } from '../../src/storage/sealed-writes.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { privateRoomOf } from '../helpers/private-rooms.ts'

const path = '/hearsay/space/atlas/room'
const value = Buffer.from('a secret text')
const keys = ['2', '10', '1-base'].map(name => `${path}/documents/notes/${name}`)

let datastore: MemoryDatastore
let writes: SealedWrites
beforeEach(() => {
  datastore = new MemoryDatastore()
  writes = open('design')
})

function open(room: string): SealedWrites {
  const queue = new WriteQueue({ keyValues: datastoreKeyValues(datastore), clock: new ManualClock() })
  return new SealedWrites(queue, privateRoomOf(room), path)
}

async function stored(): Promise<[Key, Uint8Array][]> {
  const found: [Key, Uint8Array][] = []
  for await (const { key, value } of datastore.query({})) found.push([key, value])
  return found
}

describe('the writes of a private room', () => {
  it('are read again in the order of their keys, also before they are stored', async () => {
    writes.push(keys.map(key => ({ key, value })))
    const sorted = [...keys].sort()
    expect((await writes.read(`${path}/documents`)).map(([key]) => key)).toEqual(sorted)
    await writes.stored()
    const read = await open('design').read(`${path}/documents`)
    expect(read).toEqual(sorted.map(key => [key, new Uint8Array(value)]))
    expect(await open('design').read(`${path}/facts`)).toEqual([])
  })

  it('show neither keys nor values in the store', async () => {
    writes.push(keys.map(key => ({ key, value })))
    await writes.stored()
    const all = (await stored()).map(([key, value]) => `${key} ${Buffer.from(value).toString('latin1')}`)
    expect(all).toHaveLength(keys.length)
    for (const each of all) {
      expect(each).not.toMatch(/notes|documents|secret text/)
      expect(each).toMatch(/^\/hearsay\/space\/atlas\/room\/[0-9a-f]{32} /)
    }
  })

  it('replace and delete values under the same key', async () => {
    writes.push([{ key: `${path}/a`, value }])
    await writes.stored()
    writes.push([{ key: `${path}/a`, value: Uint8Array.of(1) }])
    writes.push([{ key: `${path}/b`, value }])
    await writes.stored()
    expect(await writes.read(path)).toEqual([
      [`${path}/a`, Uint8Array.of(1)],
      [`${path}/b`, new Uint8Array(value)],
    ])
    writes.push([{ key: `${path}/a`, value: undefined }])
    await writes.stored()
    expect((await writes.read(path)).map(([key]) => key)).toEqual([`${path}/b`])
  })

  it('are refused if a value was changed, or stored under the key of another one', async () => {
    writes.push(keys.map(key => ({ key, value })))
    await writes.stored()
    const [[first, firstValue], [second]] = (await stored()) as [[Key, Uint8Array], [Key, Uint8Array]]
    await datastore.put(second, firstValue)
    await expect(open('design').read(path)).rejects.toThrow(StorageError)
    await datastore.delete(second)
    await expect(open('design').read(path)).resolves.toHaveLength(2)
    await datastore.put(
      first,
      firstValue.map(byte => byte ^ 1),
    )
    await expect(open('design').read(path)).rejects.toThrow(StorageError)
    await datastore.put(new Key(`${path}/x`), new Uint8Array())
    await expect(open('design').read(path)).rejects.toThrow(StorageError)
  })
})
