/**
 * Private file: a file in the app's data that only its user can read, also after a backup has restored it with another mode.
 * After a crash, the file is complete or missing.
 */
import { chmod, open, readFile, rename } from 'node:fs/promises'
import type { SafeStorage } from './electron.ts'

/**
 * Whether the system's keychain encrypts. With the backend `basic_text`, Electron encrypts with a password that everybody
 * knows.
 */
export function canEncrypt(safeStorage: SafeStorage): boolean {
  return safeStorage.isEncryptionAvailable() && safeStorage.getSelectedStorageBackend?.() !== 'basic_text'
}

export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    const content = await readFile(path)
    // No user of an app would look into a log. The file may belong to another user, or be on a disk that is read-only.
    await chmod(path, 0o600).catch(() => {})
    return content
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

export async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}
