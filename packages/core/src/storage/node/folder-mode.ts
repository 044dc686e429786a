/**
 * Folder mode: whether other users of the machine can open the folder of a store, which contains the private key.
 *
 * hearsay changes no mode: an administrator may have let a group read backups. Unlike OpenSSH, the member starts.
 */
import { stat } from 'node:fs/promises'
import type { Problem } from '../../api/problem.ts'
import { openMode } from './open-mode.ts'

export class FolderMode {
  readonly #path: string | undefined
  #problem: Problem | undefined
  #checking: Promise<void> | undefined

  /** @param storage the option of `joinCluster`. Only a folder has a mode */
  constructor(storage: unknown) {
    this.#path = typeof storage === 'string' ? storage : undefined
  }

  /** The problem, until the mode was changed. Reading it checks the mode again while there is one. */
  get problem(): Problem | undefined {
    if (this.#problem) void this.check()
    return this.#problem
  }

  /** Checks the mode. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined
    })
    return this.#checking
  }

  async #check(): Promise<void> {
    const path = this.#path
    if (path === undefined) return
    const found = await stat(path).catch(() => undefined)
    const mode = found && openMode(found)
    this.#problem = mode === undefined ? undefined : { name: 'storage-open', text: textOf(path, mode) }
  }
}

function textOf(path: string, mode: string): string {
  return `Other users of this machine can open the storage '${path}' (mode ${mode}), which contains the private key of this member. Run 'chmod 700' on it. If somebody may have read the key, join with another identity, in another storage.`
}
