import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { MemoryDatastore } from 'datastore-core'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InvalidOptionsError, ListenError, NotRunningError, StorageError } from '../../src/api/errors.ts'
import { hearsay } from '../../src/libp2p/node/platform.ts'
import { join, leaveAll } from './members.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-errors-'))
})

afterEach(async () => {
  await leaveAll()
  rmSync(folder, { recursive: true, force: true })
})

/** Each file of the folder, with a hash of its content. */
function contentOf(path: string): string[] {
  return readdirSync(path)
    .sort()
    .map(
      name =>
        `${name} ${createHash('sha256')
          .update(readFileSync(pathOf(path, name)))
          .digest('hex')}`,
    )
}

describe('joining fails with a named error', { timeout: 30_000 }, () => {
  it('when a port is in use, and succeeds once it is free', async () => {
    const first = await join({ cluster: 'errors' })
    const listen = [first.self.addresses[0]?.replace(/\/p2p\/.*/, '') ?? '']
    const second = join({ cluster: 'errors', listen })
    await expect(second).rejects.toThrow(ListenError)
    await expect(second).rejects.toThrow('in use')
    await first.leave()
    await expect(join({ cluster: 'errors', listen })).resolves.toBeDefined()
  })

  it('when two addresses have the same port', async () => {
    const first = await join({ cluster: 'errors' })
    const address = first.self.addresses[0]?.replace(/\/p2p\/.*/, '') ?? ''
    await first.leave()
    const listen = [address, `${address}/ws`]
    await expect(join({ cluster: 'errors', listen })).rejects.toThrow(
      `listen: ${address} and ${address}/ws have the same port`,
    )
  })

  it('when an address is not of this computer', async () => {
    await expect(join({ cluster: 'errors', listen: ['/ip4/192.0.2.1/tcp/0'] })).rejects.toThrow(ListenError)
  })

  it.each([
    ['listen', { listen: ['127.0.0.1:0'] }],
    ['bootstrap', { bootstrap: ['example.org'] }],
    ['cluster', { cluster: '' }],
  ])('when the option %s is unusable', async (option, options) => {
    const joined = join({ cluster: 'errors', ...options })
    await expect(joined).rejects.toThrow(InvalidOptionsError)
    await expect(joined).rejects.toThrow(option)
  })

  it('when the storage is a file, which stays as it is', async () => {
    const file = pathOf(folder, 'store')
    writeFileSync(file, 'something of mine')
    await expect(join({ cluster: 'errors', storage: file })).rejects.toThrow(StorageError)
    expect(readFileSync(file, 'utf8')).toBe('something of mine')
  })

  it('when the storage is damaged, which stays as it is', async () => {
    const storage = pathOf(folder, 'store')
    const cluster = await join({ cluster: 'errors', storage })
    await cluster.leave()
    writeFileSync(pathOf(storage, 'CURRENT'), 'no manifest\n')
    const before = contentOf(storage).filter(file => !/^(LOG|LOCK)/.test(file))
    await expect(join({ cluster: 'errors', storage })).rejects.toThrow(StorageError)
    expect(contentOf(storage).filter(file => !/^(LOG|LOCK)/.test(file))).toEqual(before)
  })

  it('when another program wrote the folder, and leaves the folder unchanged', async () => {
    const documents = pathOf(folder, 'documents')
    mkdirSync(documents)
    writeFileSync(pathOf(documents, 'thesis.tex'), 'something of mine')
    await expect(join({ cluster: 'errors', storage: documents })).rejects.toThrow(/contains other files/)
    expect(readdirSync(documents)).toEqual(['thesis.tex'])

    const store = new LevelDatastore(pathOf(folder, 'store'))
    const key = new Key('/mine')
    await store.open()
    await store.put(key, fromString('something of mine'))
    await store.close()
    const joining = join({ cluster: 'errors', storage: pathOf(folder, 'store') })
    await expect(joining).rejects.toThrow(/another program's store/)
    await store.open()
    const keys: string[] = []
    for await (const each of store.queryKeys({})) keys.push(each.toString())
    await store.close()
    expect(keys).toEqual(['/mine'])
  })

  it('when another member uses the storage', async () => {
    const storage = pathOf(folder, 'store')
    await join({ cluster: 'errors', storage })
    const second = join({ cluster: 'errors', storage })
    await expect(second).rejects.toThrow(StorageError)
    await expect(second).rejects.toThrow('this process uses it already')
  })

  it.each(['/hearsay/identity', 'the incarnation'])(
    'when %s in the store is damaged, which stays as it is',
    async what => {
      const storage = new MemoryDatastore()
      const cluster = await join({ cluster: 'errors', storage })
      await cluster.leave()
      const keys: string[] = []
      for await (const { key } of storage.query({ prefix: '/hearsay' })) keys.push(key.toString())
      const damaged = keys.find(key =>
        what === 'the incarnation' ? key.startsWith('/hearsay/incarnation') : key === what,
      )
      await storage.put(new Key(damaged ?? ''), fromString('damaged'))
      await expect(join({ cluster: 'errors', storage })).rejects.toThrow(StorageError)
      expect(Buffer.from(await storage.get(new Key(damaged ?? ''))).toString()).toBe('damaged')
    },
  )

  it('when the storage cannot be a folder', async () => {
    mkdirSync(pathOf(folder, 'store'))
    writeFileSync(pathOf(folder, 'store', 'file'), '')
    await expect(
      join({ cluster: 'errors', storage: pathOf(folder, 'store', 'file', 'deeper') }),
    ).rejects.toThrow(StorageError)
  })
})

describe('a cluster that is not running', () => {
  it('rejects unusable options', () => {
    expect(() => hearsay({ cluster: '' })).toThrow(InvalidOptionsError)
  })

  it('rejects a name that is too long, and changes nothing', async () => {
    const cluster = await join({ cluster: 'errors', name: 'ada' })
    expect(() => cluster.update({ name: 'n'.repeat(129) })).toThrow(InvalidOptionsError)
    expect(cluster.self.name).toBe('ada')
    await cluster.leave()
    expect(() => cluster.update({ name: 'grace' })).toThrow(NotRunningError)
  })
})
