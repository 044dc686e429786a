/**
 * Ticket file: the ticket with which the app's member joins at each start, encrypted by the system's keychain where there is
 * one. The folder contains it in one form only.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidOptionsError, StorageError } from '@hearsay/core/app'
import { makeFolder } from '@hearsay/core/node'
import type { Electron } from './electron.ts'
import { canEncrypt, readIfThere, writeDurably } from './private-file.ts'

type Modules = Pick<Electron, 'app' | 'safeStorage'>

/**
 * The ticket that {@link storeTicket} has stored, to start the member with it again.
 *
 * @param electron Electron's modules: `import * as electron from 'electron'`
 * @returns undefined: there is none
 * @throws {StorageError} the ticket cannot be read or decrypted. Nothing was changed.
 */
export function storedTicket(electron: Modules): Promise<string | undefined> {
  return withFiles(electron, async ({ encryptedPath, plainPath }) => {
    const encrypted = await readIfThere(encryptedPath)
    if (encrypted) return electron.safeStorage.decryptString(encrypted)
    return (await readIfThere(plainPath))?.toString()
  })
}

/**
 * Stores the ticket for the next start, in the folder `hearsay` of the app's `userData`. Without a keychain, the file is not
 * encrypted, and only the user can read it.
 *
 * @param electron Electron's modules: `import * as electron from 'electron'`
 * @param ticket undefined removes it
 * @throws {InvalidOptionsError} this is neither a text nor undefined
 * @throws {StorageError} the ticket cannot be written
 */
export async function storeTicket(electron: Modules, ticket: string | undefined): Promise<void> {
  if (ticket !== undefined && (typeof ticket !== 'string' || ticket === ''))
    throw new InvalidOptionsError('storeTicket: give a ticket, or undefined to remove it')
  await withFiles(electron, async ({ folder, encryptedPath, plainPath }) => {
    await makeFolder(folder)
    const isEncrypted = canEncrypt(electron.safeStorage)
    if (ticket !== undefined && isEncrypted)
      await writeDurably(encryptedPath, electron.safeStorage.encryptString(ticket))
    else if (ticket !== undefined) await writeDurably(plainPath, Buffer.from(ticket))
    if (ticket === undefined || !isEncrypted) await rm(encryptedPath, { force: true })
    if (ticket === undefined || isEncrypted) await rm(plainPath, { force: true })
  })
}

interface Files {
  readonly folder: string
  readonly encryptedPath: string
  readonly plainPath: string
}

/** The keychain can be used when Electron is ready. No message contains the ticket. */
async function withFiles<T>({ app }: Modules, use: (files: Files) => Promise<T>): Promise<T> {
  await app.whenReady()
  const folder = join(app.getPath('userData'), 'hearsay')
  try {
    return await use({
      folder,
      encryptedPath: join(folder, 'ticket.encrypted'),
      plainPath: join(folder, 'ticket'),
    })
  } catch (cause) {
    throw new StorageError(`the ticket in '${folder}' cannot be used: ${String(cause)}`, { cause })
  }
}
