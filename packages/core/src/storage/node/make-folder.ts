/**
 * Make folder: creates a folder that only its user can read, because it contains private keys, or sockets that control a
 * member. The call always ends, also on a file system that refuses new folders, such as /proc, where Node's `mkdir` with
 * `recursive` never returns. Several processes may create the same folder at the same time.
 */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Creates the folder and its parents with the mode 0700, if they are missing. If the path exists, nothing changes, even if it
 * is a file or has another mode.
 *
 * @throws {Error} the system's error, with its `code`
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path)
  } catch (error) {
    const parent = dirname(path)
    const isMissingParent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissingParent || parent === path) throw error
    await makeFolder(parent)
    await makeOne(path)
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700)
  } catch (error) {
    // A folder that exists gives EEXIST, but EPERM at the root of a drive of Windows, and EROFS on some systems.
    const found = await stat(path).catch(() => undefined)
    const isThere =
      found !== undefined || (error instanceof Error && 'code' in error && error.code === 'EEXIST')
    if (!isThere) throw error
  }
}
