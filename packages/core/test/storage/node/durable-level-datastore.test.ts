import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { execArgv } from '../../../../../test/helpers/exec-argv.ts'
import { DurableLevelDatastore, reasonOf } from '../../../src/storage/node/durable-level-datastore.ts'

it.skipIf(process.platform === 'win32')(
  'creates a folder that only its user can read, and its parents',
  async () => {
    const parent = mkdtempSync(join(tmpdir(), 'hearsay-'))
    onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
    const path = join(parent, 'a', 'b')
    const store = await DurableLevelDatastore.create(path)
    await store.open()
    await store.close()
    expect(statSync(path).mode & 0o777).toBe(0o700)
  },
)

it('is not opened twice in one process, by whatever path', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'hearsay-'))
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  const store = await DurableLevelDatastore.create(join(parent, 'a'))
  await store.open()
  symlinkSync(join(parent, 'a'), join(parent, 'b'), 'junction')
  const again = await DurableLevelDatastore.create(join(parent, 'b'))
  expect(await again.open().catch(reasonOf)).toContain('this process uses it already')
  await store.close()
})

const module = new URL('../../../src/storage/node/durable-level-datastore.ts', import.meta.url)

/** Opens the store in another thread, which then ends. @returns `opened`, or the reason why it could not */
async function openInThread(path: string): Promise<unknown> {
  const script = `
    const { parentPort, workerData } = require('node:worker_threads')
    import('${module}').then(async ({ DurableLevelDatastore, reasonOf }) => {
      const store = await DurableLevelDatastore.create(workerData)
      parentPort.postMessage(await store.open().then(() => 'opened', reasonOf))
    })`
  const thread = new Worker(script, { eval: true, execArgv, workerData: path })
  const [outcome] = await once(thread, 'message')
  await thread.terminate()
  return outcome
}

/** Opens the store in another process. @returns what the process prints: `opened`, or the reason why it could not */
function openElsewhere(path: string): string {
  const script = `
    const { DurableLevelDatastore, reasonOf } = await import('${module}')
    const store = await DurableLevelDatastore.create(process.argv[1])
    process.stdout.write(await store.open().then(() => 'opened', reasonOf))
    process.exit()`
  return execFileSync(process.execPath, [...execArgv, '--input-type=module', '-e', script, path]).toString()
}

it('stays locked for other processes when this process tries to open it again', {
  timeout: 60_000,
}, async () => {
  const parent = mkdtempSync(join(tmpdir(), 'hearsay-'))
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  const path = join(parent, 'a')
  const store = await DurableLevelDatastore.create(path)
  await store.open()
  const second = await DurableLevelDatastore.create(path)
  for (let attempt = 0; attempt < 2; attempt++)
    expect(await second.open().catch(reasonOf)).toContain('this process uses it already')
  expect(openElsewhere(path)).toContain('another process uses it')
  // The member recovers a store whose folder was deleted, in a folder with another inode.
  await store.write([{ key: '/a', value: Uint8Array.of(1) }], { sync: true })
  rmSync(path, { recursive: true })
  expect(await store.recover()).toBe('lost')
  expect(await second.open().catch(reasonOf)).toContain('this process uses it already')
  expect(openElsewhere(path)).toContain('another process uses it')
  await store.close()
  expect(openElsewhere(path)).toBe('opened')
  const reopened = await DurableLevelDatastore.create(path)
  await reopened.open()
  await reopened.close()
})

it.skipIf(process.platform === 'win32')(
  'stays locked for other processes when another thread of this process tries to open it',
  { timeout: 60_000 },
  async () => {
    const parent = mkdtempSync(join(tmpdir(), 'hearsay-'))
    onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
    const path = join(parent, 'a')
    const store = await DurableLevelDatastore.create(path)
    await store.open()
    expect(await openInThread(path)).toContain('this process uses it already')
    expect(openElsewhere(path)).toContain('another process uses it')
    await store.close()
    // The thread ends without closing the store.
    expect(await openInThread(path)).toBe('opened')
    const reopened = await DurableLevelDatastore.create(path)
    await reopened.open()
    await reopened.close()
  },
)

describe('a store that cannot be opened or written', () => {
  it.each([
    ['IO error: /data/000003.log: No space left on device', 'the disk is full: free some space'],
    ['ENOSPC: no space left on device, mkdir', 'the disk is full: free some space'],
    ['EROFS: read-only file system, mkdir', 'the folder is read-only: make it writable'],
    ['IO error: /data/LOCK: Read-only file system', 'the folder is read-only: make it writable'],
    ['EACCES: permission denied, mkdir', 'the folder is read-only for this user'],
    ['IO error: /data/000003.log: Input/output error', 'the disk reports an input/output error'],
    ['IO error: lock /data/LOCK: Resource temporarily unavailable', 'another process uses it'],
    ['IO error: lock /data/LOCK: already held by process', 'this process uses it already'],
    ['ENOENT: no such file or directory, mkdir', 'the folder cannot be created there'],
    ['Corruption: bad block', 'Corruption: bad block'],
  ])('explains what to do about: %s', (message, expected) => {
    expect(reasonOf(new Error('cannot', { cause: new Error(message) }))).toContain(expected)
  })
})
