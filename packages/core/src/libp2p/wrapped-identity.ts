/**
 * Wrapped identity: a member's private key, which its store contains only in the form that the app's `wrapKey` returns.
 *
 * A wrapped key replaces the unwrapped one only after `unwrapKey` has returned the same key from it. If either function fails,
 * the member does not start and the store is unchanged, because an overwritten identity would be lost.
 */
import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { type Datastore, Key } from 'interface-datastore'
import { concat } from 'uint8arrays/concat'
import { StorageError } from '../api/errors.ts'
import { identityKey } from '../storage/member-storage.ts'
import { isRecoverable } from '../storage/recoverable-datastore.ts'
import { equalBytes } from '../wire/hashes.ts'
import { asError } from '../wire/result.ts'
import { isWrapped, parseIdentity, wrappedMark } from './identity.ts'
import type { KeyWrapping } from './join-options.ts'

/** Stored while files may contain the unwrapped identity, so that a start after a failure rewrites them. */
const unwrappedFilesKey = new Key('/hearsay/identity/unwrapped-files')
/** A raw private key is the seed, followed by the public key. */
const seedBytes = 32
const rawKeyBytes = 64
/** Our choice: far more than any way to wrap a key adds. */
const maxWrappedBytes = 65_536

/**
 * Reads the wrapped identity, or creates and stores one. An unwrapped identity from an earlier start is wrapped.
 *
 * @throws {StorageError} a function of the app failed, or the stored identity is damaged: nothing was changed
 * @throws {StorageError} the files of the store cannot be rewritten: the next call tries again
 */
export async function loadWrappedIdentity(
  datastore: Datastore,
  wrapping: KeyWrapping,
): Promise<Ed25519PrivateKey> {
  if (!(await datastore.has(identityKey))) {
    const created = await generateKeyPair('Ed25519')
    await store(datastore, created, wrapping, { replacesUnwrapped: false })
    return created
  }
  const stored = await datastore.get(identityKey)
  if (!isWrapped(stored)) {
    const key = parseIdentity(stored)
    await store(datastore, key, wrapping, { replacesUnwrapped: true })
    await rewriteFiles(datastore)
    return key
  }
  const key = await unwrapped(stored.subarray(wrappedMark.length), wrapping)
  if (await datastore.has(unwrappedFilesKey)) await rewriteFiles(datastore)
  return key
}

/** The files of the store contain the replaced value until they are rewritten. */
async function rewriteFiles(datastore: Datastore): Promise<void> {
  try {
    if (isRecoverable(datastore)) await datastore.compact?.()
    await datastore.delete(unwrappedFilesKey)
  } catch (cause) {
    throw new StorageError(
      `storage: the identity was wrapped, but files that may contain the unwrapped one cannot be rewritten: ${asError(cause).message}`,
      { cause },
    )
  }
}

async function store(
  datastore: Datastore,
  key: Ed25519PrivateKey,
  wrapping: KeyWrapping,
  { replacesUnwrapped }: { readonly replacesUnwrapped: boolean },
): Promise<void> {
  const wrapped = await called('wrapKey', () => wrapping.wrapKey(key.raw.slice()))
  if (wrapped.length > maxWrappedBytes)
    throw new StorageError(`storage: 'wrapKey' returned ${wrapped.length} bytes, at most ${maxWrappedBytes}`)
  // A copy: the app's function may use the array again.
  const stored = wrapped.slice()
  const again = await called('unwrapKey', () => wrapping.unwrapKey(stored.slice()))
  if (!equalBytes(again, key.raw))
    throw new StorageError(
      "storage: 'unwrapKey' does not return the key that 'wrapKey' was given. Correct the two functions",
    )
  if (replacesUnwrapped) await datastore.put(unwrappedFilesKey, Uint8Array.of(1))
  await datastore.put(identityKey, concat([wrappedMark, publicPartOf(key.raw), stored]))
}

/** @param stored the public key, followed by the wrapped key */
async function unwrapped(stored: Uint8Array, { unwrapKey }: KeyWrapping): Promise<Ed25519PrivateKey> {
  const [publicKey, wrapped] = [stored.subarray(0, seedBytes), stored.slice(seedBytes)]
  const raw = await called('unwrapKey', () => unwrapKey(wrapped))
  if (raw.length === rawKeyBytes && equalBytes(publicPartOf(raw), publicKey)) {
    const key = privateKeyFromRaw(raw.slice())
    if (key.type === 'Ed25519') return key
  }
  throw new StorageError(
    "storage: 'unwrapKey' did not return the key of this member. Unwrap with the key that wrapped it",
  )
}

function publicPartOf(raw: Uint8Array): Uint8Array {
  return raw.subarray(seedBytes)
}

async function called(
  name: keyof KeyWrapping,
  call: () => Uint8Array | Promise<Uint8Array>,
): Promise<Uint8Array> {
  let result: unknown
  try {
    result = await call()
  } catch (cause) {
    throw new StorageError(`storage: '${name}' failed: ${asError(cause).message}. The store is unchanged`, {
      cause,
    })
  }
  if (!(result instanceof Uint8Array))
    throw new StorageError(`storage: '${name}' did not return bytes: return a Uint8Array`)
  return result
}
