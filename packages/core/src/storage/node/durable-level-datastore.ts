/**
 * Durable level datastore: a LevelDB folder whose writes fail visibly when LevelDB cannot store them.
 *
 * A write resolves only if the reopened folder would contain it:
 * - Writes run one after the other. After a failed write all further writes fail until the folder is opened again, which
 *   starts a new log file, because LevelDB drops records behind a torn record when it recovers.
 * - LevelDB continues to write into deleted files. Therefore, after each write, the folder must still contain the file
 *   CURRENT that was opened.
 * - Within this process, no second store gets as far as LevelDB's lock of an open folder: folder-claim.ts has the reason.
 * - After a synced write the log files are synced to the disk, older ones included. Other writes survive SIGKILL, but not a
 *   power loss.
 */
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LevelDatastore } from 'datastore-level'
import type { Key, KeyQuery, Pair, Query } from 'interface-datastore'
import { asError } from '../../wire/result.ts'
import type { KeyValueChange } from '../key-values.ts'
import { type RecoverableDatastore, StoreLedger, WritingDatastore } from '../recoverable-datastore.ts'
import { claimFolder, type FolderClaim } from './folder-claim.ts'
import { makeFolder } from './make-folder.ts'

/** Only the implementation of `level` for Node has this method. */
interface CompactableLevel {
  compactRange?(start: string, end: string): Promise<void>
}

export class DurableLevelDatastore extends WritingDatastore implements RecoverableDatastore {
  readonly #path: string
  /** Created when the folder is claimed: a new one opens the folder by itself. */
  #level: LevelDatastore | undefined
  readonly #ledger = new StoreLedger()
  /** Settles when all writes so far have ended. */
  #last: Promise<unknown> = Promise.resolve()
  #claim: FolderClaim | undefined
  /** Inode of the file CURRENT that was opened. */
  #inode: bigint | undefined
  #fault: Error | undefined
  #isClosed = false

  /**
   * Creates a store that is not open yet.
   *
   * @param path the folder, created with the mode 0700 if missing, and its parents as well
   */
  static async create(path: string): Promise<DurableLevelDatastore> {
    const folder = resolve(path)
    // The constructor of LevelDB would create it, too, with the mode that the umask gives.
    await makeFolder(folder)
    // LevelDB would open a folder twice in one process by two paths, and destroy its content.
    return new DurableLevelDatastore(await realpath(folder))
  }

  private constructor(path: string) {
    super()
    this.#path = path
  }

  async open(): Promise<void> {
    try {
      await this.#openFolder()
    } catch (error) {
      this.#releaseFolder()
      throw error
    }
    await this.#ledger.opened(this.#opened)
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {
      this.#isClosed = true
      await this.#level?.db.close()
      this.#releaseFolder()
    })
  }

  write(changes: readonly KeyValueChange[], { sync = false }: { sync?: boolean } = {}): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#fault) throw this.#fault
      try {
        await this.#put(changes, sync)
      } catch (error) {
        this.#fault = new Error(reasonOf(error), { cause: error })
        throw this.#fault
      }
    })
  }

  recover(): Promise<'intact' | 'lost'> {
    return this.#inTurn(async () => {
      try {
        return await this.#reopen()
      } catch (error) {
        this.#fault = new Error(reasonOf(error), { cause: error })
        throw this.#fault
      }
    })
  }

  compact(): Promise<void> {
    return this.#inTurn(async () => {
      const level: CompactableLevel = this.#opened.db as object
      await level.compactRange?.('', '\uffff')
    })
  }

  override get(key: Key): Promise<Uint8Array> {
    return this.#opened.get(key)
  }

  override has(key: Key): Promise<boolean> {
    return this.#opened.has(key)
  }

  override query(query: Query): AsyncGenerator<Pair> | Generator<Pair> {
    return this.#opened.query(query)
  }

  override queryKeys(query: KeyQuery): AsyncGenerator<Key> | Generator<Key> {
    return this.#opened.queryKeys(query)
  }

  get #opened(): LevelDatastore {
    if (!this.#level) throw new Error('the store is not open')
    return this.#level
  }

  async #reopen(): Promise<'intact' | 'lost'> {
    if (this.#isClosed) throw new Error('the store was closed')
    await this.#opened.db.close()
    await this.#openFolder()
    const isComplete = await this.#ledger.isComplete(this.#opened)
    if (!isComplete) await this.#put(this.#ledger.restoring(), true)
    this.#fault = undefined
    return isComplete ? 'intact' : 'lost'
  }

  async #openFolder(): Promise<void> {
    await makeFolder(this.#path)
    await this.#claimFolder()
    // Do not call `open()` of the datastore, which drops the code and the cause of LevelDB's error.
    this.#level ??= new LevelDatastore(this.#path)
    await this.#level.db.open()
    this.#inode = await inodeOf(join(this.#path, 'CURRENT'))
  }

  /** @throws {Error} another store of this process has the folder open */
  async #claimFolder(): Promise<void> {
    if (await this.#claim?.isCurrent()) return
    const claim = await claimFolder(this.#path)
    if (!claim) throw new Error(usedHere)
    // The folder was deleted and created again.
    this.#releaseFolder()
    this.#claim = claim
  }

  #releaseFolder(): void {
    this.#claim?.release()
    this.#claim = undefined
  }

  async #put(changes: readonly KeyValueChange[], sync: boolean): Promise<void> {
    const all = sync ? [...changes, this.#ledger.countChange()] : changes
    const operations = all.map(({ key, value }) =>
      value ? { type: 'put' as const, key, value } : { type: 'del' as const, key },
    )
    const options = { keyEncoding: 'utf8', valueEncoding: 'view', sync } as const
    if (operations.length > 0) await this.#opened.db.batch(operations, options)
    await this.#checkFolder(sync)
    this.#ledger.written(changes, sync)
  }

  async #checkFolder(sync: boolean): Promise<void> {
    const current = await inodeOf(join(this.#path, 'CURRENT')).catch(() => undefined)
    if (current === undefined || current !== this.#inode) throw new Error(`'${this.#path}' was deleted`)
    if (!sync) return
    // LevelDB syncs only its current log. An older log exists while LevelDB writes its content to a table.
    const logs = (await readdir(this.#path)).filter(file => file.endsWith('.log')).sort()
    if (logs.length === 0) throw new Error(`'${this.#path}' was deleted: its log is missing`)
    for (const log of logs.slice(0, -1)) await syncFile(join(this.#path, log))
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act)
    this.#last = done.catch(() => {})
    return done
  }
}

async function inodeOf(path: string): Promise<bigint> {
  return (await stat(path, { bigint: true })).ino
}

async function syncFile(path: string): Promise<void> {
  try {
    const file = await open(path, 'r+')
    await file.datasync().finally(() => file.close())
  } catch (error) {
    // LevelDB has deleted the log: its content is in a table.
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

const usedHere = 'this process uses it already. Give each member its own folder'

/** Messages of the system, and what to do in each case. */
const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  // LevelDB's message for a folder that this process has open, for instance in another thread.
  [/already held by process/i, usedHere],
  [/IO error: lock |already held|LEVEL_LOCKED|used by another process/i, 'another process uses it'],
  [/ENOSPC|EDQUOT|EFBIG|No space|quota exceeded|File too large/i, 'the disk is full: free some space'],
  [/EROFS|Read-only/i, 'the folder is read-only: make it writable, or give another folder'],
  [/EACCES|EPERM|denied|not permitted/i, 'the folder is read-only for this user: change its permissions'],
  [/EIO|Input\/output/i, 'the disk reports an input/output error: check it'],
  [/ENOTDIR|Not a directory/i, 'a part of the path is a file'],
  [/ENOENT|No such file/i, 'the folder cannot be created there'],
]

/** The reason of a failure and what to do. LevelDB gives the reason in the error's cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const message = asError(cause).message
  const text = `${codeOf(cause)} ${message}`
  const found = reasons.find(([pattern]) => pattern.test(text))
  return found ? `${found[1]} (${message})` : message
}
