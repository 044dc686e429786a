import { MemoryDatastore } from 'datastore-core'
import { type Datastore, Key } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/api/errors.ts'
import type { KeyValueChange } from '../../src/storage/key-values.ts'
import { memberStorage } from '../../src/storage/member-storage.ts'
import { clusterTag } from '../../src/wire/tags.ts'

const tag = clusterTag('a')

/** Writes a change as the write queue of a member does. */
async function write(datastore: Datastore, { key, value }: KeyValueChange): Promise<void> {
  if (value) await datastore.put(new Key(key), value)
}

async function withDamage(name: string, text: string): Promise<Datastore> {
  const datastore = new MemoryDatastore()
  const { incarnation, cachedPeers } = memberStorage(datastore, tag)
  await write(datastore, incarnation.change(1))
  await write(datastore, cachedPeers.change(['/dns4/a/tcp/1']))
  for await (const { key } of datastore.query({}))
    if (key.toString().includes(name)) await datastore.put(new Key(key.toString()), fromString(text))
  return datastore
}

describe('the storage of a member', () => {
  it('reads the newest values, separately for each cluster', async () => {
    const datastore = new MemoryDatastore()
    const { incarnation, cachedPeers } = memberStorage(datastore, tag)
    expect([await incarnation.read(), await cachedPeers.read()]).toEqual([undefined, undefined])
    for (const value of [1, 2, 3]) await write(datastore, incarnation.change(value))
    await write(datastore, cachedPeers.change(['/dns4/a/tcp/1', '/dns4/b/tcp/1']))
    const again = memberStorage(datastore, tag)
    expect(await again.incarnation.read()).toBe(3)
    expect(await again.cachedPeers.read()).toEqual(['/dns4/a/tcp/1', '/dns4/b/tcp/1'])
    expect(await memberStorage(datastore, clusterTag('b')).incarnation.read()).toBeUndefined()
  })

  it.each(['soon', '-1'])('throws if the incarnation is damaged, and leaves it as it is: %s', async text => {
    const { incarnation } = memberStorage(await withDamage('incarnation', text), tag)
    await expect(incarnation.read()).rejects.toThrow(StorageError)
    await expect(incarnation.read()).rejects.toThrow('in place of the incarnation')
  })

  it.each([
    ['no JSON', []],
    ['{}', []],
    ['[1, "/dns4/a/tcp/1"]', ['/dns4/a/tcp/1']],
    [JSON.stringify(Array(400).fill('/dns4/a/tcp/1')), Array(256).fill('/dns4/a/tcp/1')],
  ])('reads the valid addresses and ignores the rest, because they are hints', async (text, expected) => {
    const { cachedPeers } = memberStorage(await withDamage('acquaintances', text), tag)
    expect(await cachedPeers.read()).toEqual(expected)
  })

  it('reads back an address with any characters', async () => {
    const datastore = new MemoryDatastore()
    const { cachedPeers } = memberStorage(datastore, tag)
    await write(datastore, cachedPeers.change(['/dns4/a\nb/tcp/1']))
    expect(await cachedPeers.read()).toEqual(['/dns4/a\nb/tcp/1'])
  })
})
