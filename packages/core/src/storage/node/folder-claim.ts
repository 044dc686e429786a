/**
 * Folder claim: at most one store of this process has a folder open.
 *
 * LevelDB would refuse a second store, but it closes the file of its lock then, and with that POSIX systems release the lock of
 * the first store: another process could open the folder, and both would destroy its content. The claims of this thread are
 * in a set. A thread cannot see the set of another one, so each claim also holds a descriptor of the folder, and the list of
 * the open files of the process shows the descriptors of all threads. The system closes a descriptor at the end of its
 * thread. Unlike LevelDB's files, Node's descriptors are not inherited by child processes.
 *
 * Windows has no such list, but there a lock does not end when another file is closed.
 */
import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Device and inode: the same by whatever path. */
const claimed = new Set<string>()

export interface FolderClaim {
  /** Whether the path still leads to the claimed folder, and not to one that was created after its deletion. */
  isCurrent(): Promise<boolean>
  release(): void
}

/** @returns undefined: another store of this process has the folder open */
export async function claimFolder(path: string): Promise<FolderClaim | undefined> {
  const idNow = async () => idOf(await stat(path, { bigint: true }))
  const id = await idNow()
  if (claimed.has(id)) return undefined
  const descriptor = process.platform === 'win32' ? undefined : openSync(path, 'r')
  const claim: FolderClaim = {
    isCurrent: async () => (await idNow()) === id,
    release: () => {
      if (claimed.delete(id) && descriptor !== undefined) closeSync(descriptor)
    },
  }
  claimed.add(id)
  // After the own descriptor was opened: of two threads at the same time, at least one sees the other.
  if (descriptorsOf(id) <= 1) return claim
  claim.release()
  return undefined
}

/** How many open files of this process are this file or folder. */
function descriptorsOf(id: string): number {
  return openFiles().filter(descriptor => {
    try {
      return idOf(fstatSync(descriptor, { bigint: true })) === id
    } catch {
      // The file was closed meanwhile.
      return false
    }
  }).length
}

function openFiles(): readonly number[] {
  try {
    return readdirSync('/dev/fd').map(Number)
  } catch {
    // Windows, or a container without /dev.
    return []
  }
}

const idOf = ({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string => `${dev} ${ino}`
