import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { execArgv } from '../../../../test/helpers/exec-argv.ts'
import { StorageError } from '../../src/api/errors.ts'
import { DurableLevelDatastore } from '../../src/storage/node/durable-level-datastore.ts'
import { join, leaveAll, loopback } from './members.ts'

const script = fileURLToPath(new URL('./failing-process.ts', import.meta.url))

let folder: string
let child: ChildProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-faults-'))
})

afterEach(async () => {
  child?.kill('SIGKILL')
  child = undefined
  await leaveAll()
  rmSync(folder, { recursive: true, force: true })
})

/** `prlimit` limits the size of files: a write beyond the limit is torn, as on a full disk. */
const canTear = process.platform === 'linux' && hasPrlimit()

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const limitFiles = (pid: number | undefined, bytes: number | 'unlimited'): void =>
  void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])

interface Answer {
  readonly entry: string
  readonly document: string
  readonly status: string
  readonly storage: string
}

class Writer {
  readonly #child: ChildProcess

  private constructor(process: ChildProcess) {
    this.#child = process
  }

  /** Makes a write beyond the limit an error instead of a signal. */
  static async start(storage: string): Promise<Writer> {
    const options = JSON.stringify({ cluster: 'faults', listen: [loopback], mdns: false, storage })
    const node = [process.execPath, ...execArgv]
    child = spawn('sh', ['-c', 'trap "" XFSZ; exec "$@"', 'sh', ...node, script, options], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    await once(child, 'message')
    return new Writer(child)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  async write(key: string): Promise<Answer> {
    const answer = once(this.#child, 'message')
    this.#child.send(key)
    const [first] = await answer
    return first
  }

  async kill(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }
}

/** The keys that a member that starts from this folder has in its config and in its document. */
async function stored(storage: string): Promise<{ entries: string[]; document: unknown[] }> {
  const member = await join({ cluster: 'faults', storage })
  const config = await member.config('written')
  const { doc } = await member.room('written')
  return { entries: Object.keys(config.entries.getSnapshot()), document: doc.getArray('keys').toArray() }
}

describe('a store that fails', { timeout: 120_000 }, () => {
  it.skipIf(!canTear)('loses no acknowledged write before or after a torn record', async () => {
    const storage = pathOf(folder, 'store')
    const writer = await Writer.start(storage)
    const entries: string[] = []
    const document: string[] = []
    let failed = 0
    let pushed = 0
    const write = async () => {
      const key = `key ${pushed++}`
      const answer = await writer.write(key)
      expect(answer.status).toBe('alive')
      if (answer.entry === 'stored') entries.push(key)
      if (answer.document === 'stored') document.push(key)
      if (answer.entry !== 'stored')
        expect(answer.entry).toMatch(/^StorageError: .*the disk is full: free some space/)
      return answer
    }
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) expect((await write()).entry).toBe('stored')
      // The number of bytes after which the log contains a part of a record.
      limitFiles(writer.pid, 4_097 + 64_000 * round)
      while ((await write()).entry === 'stored') {}
      failed += 1
      limitFiles(writer.pid, 'unlimited')
      while ((await write()).entry !== 'stored') {}
      expect((await write()).storage).toBe('ok')
    }
    await writer.kill()
    expect(failed).toBe(3)
    const found = await stored(storage)
    expect(found.entries).toEqual(expect.arrayContaining(entries))
    expect(found.document).toEqual(expect.arrayContaining(document))
  })

  it('whose folder is deleted reports it, and is restored a moment later', async () => {
    const storage = pathOf(folder, 'store')
    const writer = await Writer.start(storage)
    expect(await writer.write('before')).toMatchObject({ entry: 'stored', document: 'stored' })
    rmSync(storage, { recursive: true })
    const answer = await writer.write('after')
    expect(answer.entry).toMatch(/^StorageError: .*was deleted/)
    expect(answer.document).toMatch(/^StorageError: .*was deleted/)
    for (let last = answer; last.entry !== 'stored' || last.document !== 'stored'; )
      last = await writer.write('again')
    await writer.kill()
    const found = await stored(storage)
    expect(found.entries.sort()).toEqual(['after', 'again', 'before'])
    expect(found.document).toEqual(expect.arrayContaining(['before', 'after', 'again']))
  })

  it('restores the identity into a folder that was deleted', async () => {
    const storage = pathOf(folder, 'store')
    const member = await join({ cluster: 'faults', storage })
    const { id, incarnation } = member.self
    rmSync(storage, { recursive: true })
    const config = await member.config('written')
    await expect(config.set('color', 'red')).rejects.toThrow(StorageError)
    await config.set('color', 'blue')
    await member.leave()
    const again = await join({ cluster: 'faults', storage })
    expect(again.self.id).toBe(id)
    expect(again.self.incarnation).toBeGreaterThan(incarnation)
    expect((await again.config('written')).get('color')).toBe('blue')
  })

  it.skipIf(process.platform !== 'linux')('that cannot be created fails instead of hanging', async () => {
    for (const storage of ['/proc/hearsay', '/proc/hearsay/deeper'])
      await expect(join({ cluster: 'faults', storage })).rejects.toThrow(
        /cannot be opened: the folder cannot be created/,
      )
  })

  it.skipIf(process.getuid?.() === 0)('that is read-only reports it', async () => {
    const readOnly = pathOf(folder, 'read-only')
    mkdirSync(readOnly, { mode: 0o500 })
    await expect(join({ cluster: 'faults', storage: pathOf(readOnly, 'store') })).rejects.toThrow(/read-only/)
  })

  it('recovers by reopening: writes that were rejected meanwhile were not acknowledged', async () => {
    const store = await DurableLevelDatastore.create(pathOf(folder, 'store'))
    await store.open()
    const put = (key: string) => store.write([{ key, value: new Uint8Array(10) }], { sync: true })
    await put('/hearsay/space/one')
    rmSync(pathOf(folder, 'store'), { recursive: true })
    await expect(put('/hearsay/space/two')).rejects.toThrow('was deleted')
    await expect(put('/hearsay/space/three')).rejects.toThrow('was deleted')
    expect(await store.recover()).toBe('lost')
    await put('/hearsay/space/four')
    const keys: string[] = []
    for await (const key of store.queryKeys({ prefix: '/hearsay/space' })) keys.push(key.toString())
    expect(keys).toEqual(['/hearsay/space/four'])
    await store.close()
    expect(readdirSync(pathOf(folder, 'store'))).toContain('CURRENT')
  })
})
