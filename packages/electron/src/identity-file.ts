/**
 * Identity file: the member's private key, encrypted by the system's keychain where there is one.
 *
 * The folder contains the key in one form only: encrypted or unencrypted. If the key cannot be read, the member does
 * not start and the file stays unchanged, because an overwritten identity would be lost.
 */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageError } from '@hearsay/core/app'
import { makeFolder } from '@hearsay/core/node'
import type { SafeStorage } from './electron.ts'
import { canEncrypt, readIfThere, writeDurably } from './private-file.ts'

export interface LoadedIdentity {
  readonly identity: Uint8Array
  readonly isEncrypted: boolean
}

/** The length of an Ed25519 seed. */
const identityBytes = 32

/**
 * Reads the key, or makes a new one. A key that an earlier start stored unencrypted is encrypted as soon as a keychain is
 * available.
 *
 * @param folder created if missing, for this user alone
 * @throws {StorageError} the key cannot be read, decrypted or written
 */
export async function loadIdentity(folder: string, safeStorage: SafeStorage): Promise<LoadedIdentity> {
  const encryptedPath = join(folder, 'identity.encrypted')
  const plainPath = join(folder, 'identity')
  try {
    await makeFolder(folder)
    const encrypted = await readIfThere(encryptedPath)
    if (encrypted) {
      const identity = decrypted(encrypted, encryptedPath, safeStorage)
      // An earlier start may have ended after encrypting the key and before removing this file.
      await rm(plainPath, { force: true })
      return { identity, isEncrypted: true }
    }
    const stored = await readIfThere(plainPath)
    if (stored && stored.length !== identityBytes)
      throw new StorageError(`the identity in '${plainPath}' is damaged`)
    const identity = stored ?? randomBytes(identityBytes)
    const isEncrypted = canEncrypt(safeStorage)
    if (isEncrypted) {
      await writeDurably(encryptedPath, safeStorage.encryptString(identity.toString('base64')))
      await rm(plainPath, { force: true })
    } else if (!stored) await writeDurably(plainPath, identity)
    return { identity, isEncrypted }
  } catch (cause) {
    if (cause instanceof StorageError) throw cause
    throw new StorageError(`the identity in '${folder}' cannot be stored: ${String(cause)}`, { cause })
  }
}

function decrypted(encrypted: Buffer, path: string, safeStorage: SafeStorage): Buffer {
  const lost = 'Make the keychain available that encrypted it, or delete the file to begin as a new member'
  try {
    const identity = Buffer.from(safeStorage.decryptString(encrypted), 'base64')
    if (identity.length === identityBytes) return identity
  } catch (cause) {
    throw new StorageError(`the identity in '${path}' cannot be decrypted: ${String(cause)}. ${lost}`, {
      cause,
    })
  }
  throw new StorageError(`the identity in '${path}' is damaged. ${lost}`)
}
