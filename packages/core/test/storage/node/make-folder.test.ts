import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeFolder } from '../../../src/storage/node/make-folder.ts'

const isWindows = process.platform === 'win32'
let parent: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'hearsay-'))
})

afterEach(() => rmSync(parent, { recursive: true, force: true }))

const modeOf = (path: string) => statSync(path).mode & 0o777

it.skipIf(isWindows)('creates the folder and its parents for this user alone', async () => {
  await makeFolder(join(parent, 'a', 'b', 'c'))
  for (const path of ['a', 'a/b', 'a/b/c']) expect(modeOf(join(parent, path))).toBe(0o700)
})

it.skipIf(isWindows)('changes nothing at a path that exists', async () => {
  mkdirSync(join(parent, 'shared'), { mode: 0o750 })
  writeFileSync(join(parent, 'file'), 'content', { mode: 0o640 })
  await makeFolder(join(parent, 'shared'))
  await makeFolder(join(parent, 'file'))
  await makeFolder('/')
  await makeFolder('.')
  expect(modeOf(join(parent, 'shared'))).toBe(0o750)
  expect(modeOf(join(parent, 'file'))).toBe(0o640)
})

it('creates a folder that many callers ask for at the same time', async () => {
  const path = join(parent, 'a', 'b', 'c')
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)))
  expect(statSync(path).isDirectory()).toBe(true)
})

it('rejects below a file', async () => {
  writeFileSync(join(parent, 'file'), '')
  await expect(makeFolder(join(parent, 'file', 'a', 'b'))).rejects.toMatchObject({
    code: isWindows ? 'ENOENT' : 'ENOTDIR',
  })
})

it.skipIf(process.platform !== 'linux')('rejects on a file system that refuses new folders', async () => {
  for (const path of ['/proc/hearsay', '/proc/hearsay/deeper', '/proc/hearsay/still/deeper'])
    await expect(makeFolder(path)).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/hearsay' })
})
