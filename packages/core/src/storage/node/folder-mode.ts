/**
 * Folder mode: whether other users of the machine can open the folder of a store, which contains the private key.
 *
 * As OpenSSH does for private keys, hearsay looks only at what belongs to its own user, and changes no mode: an administrator
 * may have let a group read backups. Unlike OpenSSH, the member starts. Windows has no modes.
 */
import { stat } from 'node:fs/promises'
import type { Problem } from '../../api/problem.ts'

/** The bits of a mode that concern the group and all other users. */
const othersBits = 0o077

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
    const user = process.getuid?.()
    if (path === undefined || user === undefined) return
    const { uid, mode } = (await stat(path).catch(() => undefined)) ?? {}
    const isOpen = mode !== undefined && uid === user && (mode & othersBits) !== 0
    this.#problem = isOpen ? { name: 'storage-open', text: textOf(path, mode) } : undefined
  }
}

function textOf(path: string, mode: number): string {
  const bits = `0${(mode & 0o777).toString(8)}`
  return `Other users of this machine can open the storage '${path}' (mode ${bits}), which contains the private key of this member. Run 'chmod 700' on it. If somebody may have read the key, join with another identity, in another storage.`
}
