import { webcrypto } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MemoryDatastore } from 'datastore-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StorageError } from '../../src/api/errors.ts'
import { loadIdentity } from '../../src/libp2p/identity.ts'
import type { KeyWrapping } from '../../src/libp2p/join-options.ts'
import { givenIdentity } from '../../src/libp2p/node/given-identity.ts'
import { loadWrappedIdentity } from '../../src/libp2p/wrapped-identity.ts'
import { identityKey } from '../../src/storage/member-storage.ts'
import { openStorage } from '../../src/storage/node/open-storage.ts'

/** Flips all bits: enough to see whether the store contains the key. */
const flipped = (bytes: Uint8Array) => bytes.map(byte => byte ^ 0xff)
const flipping: KeyWrapping = { wrapKey: flipped, unwrapKey: async bytes => flipped(bytes) }
const failing = (): never => {
  throw new Error('the keychain is locked')
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearsay-wrapped-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Whether a file of the folder contains these bytes. */
const isInFiles = (bytes: Uint8Array): boolean =>
  readdirSync(folder).some(file => readFileSync(join(folder, file)).includes(Buffer.from(bytes)))

async function expectUnchanged(store: MemoryDatastore, act: () => Promise<unknown>, message: RegExp) {
  const before = (await store.has(identityKey)) ? await store.get(identityKey) : undefined
  const error: unknown = await act().then(
    () => undefined,
    reason => reason,
  )
  expect(error).toBeInstanceOf(StorageError)
  expect(String(error)).toMatch(message)
  expect((await store.has(identityKey)) ? await store.get(identityKey) : undefined).toEqual(before)
}

describe('a wrapped identity', () => {
  it('is the same at the next start, and the store does not contain its key', async () => {
    const { datastore, close } = await openStorage(folder)
    const first = await loadWrappedIdentity(datastore, flipping)
    const second = await loadWrappedIdentity(datastore, flipping)
    await close()
    expect(second.equals(first)).toBe(true)
    expect(isInFiles(first.raw.subarray(0, 32))).toBe(false)
    expect(isInFiles(flipped(first.raw.subarray(0, 32)))).toBe(true)
  })

  it('replaces an unwrapped one at the next start, also in the files of the store', async () => {
    const before = await openStorage(folder)
    const unwrapped = await loadIdentity(before.datastore)
    await before.close()
    expect(isInFiles(unwrapped.raw.subarray(0, 32))).toBe(true)
    const after = await openStorage(folder)
    expect((await loadWrappedIdentity(after.datastore, flipping)).equals(unwrapped)).toBe(true)
    await after.close()
    expect(isInFiles(unwrapped.raw.subarray(0, 32))).toBe(false)
    const again = await openStorage(folder)
    expect((await loadWrappedIdentity(again.datastore, flipping)).equals(unwrapped)).toBe(true)
    await again.close()
  })

  it('is not used before the files are rewritten, by a later start if the first one cannot do it', async () => {
    const before = await openStorage(folder)
    const unwrapped = await loadIdentity(before.datastore)
    await before.close()
    const full = await openStorage(folder)
    const error = new Error('the disk is full')
    Object.assign(full.datastore, { compact: () => Promise.reject(error) })
    await expect(loadWrappedIdentity(full.datastore, flipping)).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.stringMatching(/cannot be rewritten: the disk is full$/),
    })
    await full.close()
    const after = await openStorage(folder)
    expect((await loadWrappedIdentity(after.datastore, flipping)).equals(unwrapped)).toBe(true)
    await after.close()
    expect(isInFiles(unwrapped.raw.subarray(0, 32))).toBe(false)
  })

  it.each<[string, Partial<KeyWrapping>, RegExp]>([
    ['cannot be wrapped', { wrapKey: failing }, /'wrapKey' failed: the keychain is locked/],
    ['cannot be unwrapped again', { unwrapKey: failing }, /'unwrapKey' failed: the keychain is locked/],
    ['is another one when it is unwrapped again', { unwrapKey: bytes => bytes }, /does not return the key/],
    ['is no bytes', { wrapKey: () => 'text' as never }, /'wrapKey' did not return bytes/],
    ['is too long', { wrapKey: () => new Uint8Array(65_537) }, /returned 65537 bytes/],
  ])('that %s is not stored, and an unwrapped one stays', async (_, functions, message) => {
    const [empty, used] = [new MemoryDatastore(), new MemoryDatastore()]
    const key = await loadIdentity(used)
    const wrapping = { ...flipping, ...functions }
    for (const store of [empty, used])
      await expectUnchanged(store, () => loadWrappedIdentity(store, wrapping), message)
    expect(await empty.has(identityKey)).toBe(false)
    expect((await loadIdentity(used)).equals(key)).toBe(true)
  })

  it('that was wrapped by other functions cannot be used, and stays', async () => {
    const store = new MemoryDatastore()
    await loadWrappedIdentity(store, flipping)
    const given = [
      { ...flipping, unwrapKey: failing },
      { ...flipping, unwrapKey: (bytes: Uint8Array) => bytes },
      { ...flipping, unwrapKey: () => new Uint8Array(3) },
    ]
    const messages = [/'unwrapKey' failed/, /did not return the key/, /did not return the key/]
    for (const [i, wrapping] of given.entries())
      await expectUnchanged(store, () => loadWrappedIdentity(store, wrapping), messages[i] ?? /^$/)
    await expectUnchanged(store, () => loadIdentity(store), /is wrapped. Give the options 'wrapKey'/)
    await expectUnchanged(store, () => givenIdentity(store, new Uint8Array(32)), /a wrapped identity already/)
  })
})

/** The functions of the README as printed there, except that a guess of the passphrase is cheap. */
async function recipe<T>(name: string): Promise<T> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const code = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
  const path = join(folder, `${name}.mts`)
  const printed = code.find(each => each.includes(`export function ${name}(`)) ?? ''
  writeFileSync(path, printed.replace('N: 2 ** 17', 'N: 2 ** 10'))
  return (await import(/* @vite-ignore */ pathToFileURL(path).href))[name]
}

describe('a recipe', () => {
  async function expectWorks(wrapping: KeyWrapping): Promise<void> {
    const store = new MemoryDatastore()
    const first = await loadWrappedIdentity(store, wrapping)
    expect((await loadWrappedIdentity(store, wrapping)).equals(first)).toBe(true)
    expect(Buffer.from(await store.get(identityKey)).includes(Buffer.from(first.raw.subarray(0, 32)))).toBe(
      false,
    )
    const stored = await store.get(identityKey)
    await store.put(
      identityKey,
      stored.map((byte, i) => (i === stored.length - 1 ? byte ^ 1 : byte)),
    )
    await expect(loadWrappedIdentity(store, wrapping)).rejects.toThrow(StorageError)
  }

  it('wraps the key with a passphrase', async () => {
    const passphraseWrapping = await recipe<(passphrase: string) => KeyWrapping>('passphraseWrapping')
    await expectWorks(passphraseWrapping('correct horse battery staple'))
    const store = new MemoryDatastore()
    await loadWrappedIdentity(store, passphraseWrapping('one'))
    await expect(loadWrappedIdentity(store, passphraseWrapping('two'))).rejects.toThrow(/'unwrapKey' failed/)
  })

  it('wraps the key with a key that a browser does not give away', async () => {
    const algorithm = { name: 'AES-GCM', length: 256 }
    const key = await webcrypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt'])
    const browserWrapping = await recipe<(key: unknown) => KeyWrapping>('browserWrapping')
    await expectWorks(browserWrapping(key))
  })

  it("wraps the key with Electron's safeStorage", async () => {
    const keychainWrapping = await recipe<(safeStorage: unknown) => KeyWrapping>('keychainWrapping')
    const [head, mask] = ['v10', 0x5a]
    const safeStorage = {
      encryptString: (text: string) => Buffer.from(`${head}${text}`).map(byte => byte ^ mask),
      decryptString: (encrypted: Buffer) => {
        const text = Buffer.from(encrypted.map(byte => byte ^ mask)).toString()
        if (!/^v10[\w+/]+={0,2}$/.test(text)) throw new Error('not encrypted by this keychain')
        return text.slice(head.length)
      },
    }
    await expectWorks(keychainWrapping(safeStorage))
  })
})
