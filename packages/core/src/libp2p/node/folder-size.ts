/** Folder size: how many bytes the files of a store take. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** @returns a function that sums the sizes of the files in a folder. A file that disappears meanwhile counts 0. */
export function folderSize(folder: string): () => Promise<number> {
  return async () => {
    const names = await readdir(folder).catch(() => [])
    const sizes = names.map(name =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  }
}
