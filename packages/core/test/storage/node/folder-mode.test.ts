import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderMode } from '../../../src/storage/node/folder-mode.ts'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'hearsay-')), 'storage')
  await mkdir(folder)
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

async function problemAt(mode: number): Promise<FolderMode> {
  await chmod(folder, mode)
  const folderMode = new FolderMode(folder)
  await folderMode.check()
  return folderMode
}

describe.skipIf(process.platform === 'win32')('the mode of a storage folder', () => {
  it.each([0o755, 0o750, 0o711, 0o770, 0o707])('%o is a problem', async mode => {
    const { problem } = await problemAt(mode)
    expect(problem?.name).toBe('storage-open')
    expect(problem?.text).toContain(`'${folder}' (mode 0${mode.toString(8)})`)
  })

  it.each([0o700, 0o500])('%o is none', async mode => {
    expect((await problemAt(mode)).problem).toBeUndefined()
  })

  it('is no problem any more when it was changed', async () => {
    const folderMode = await problemAt(0o755)
    await chmod(folder, 0o700)
    expect(folderMode.problem).toBeDefined()
    await folderMode.check()
    expect(folderMode.problem).toBeUndefined()
  })

  it.runIf(process.getuid?.() === 0)(
    'of another user is none: an orchestrator gives such folders',
    async () => {
      await chown(folder, 65_534, 65_534)
      expect((await problemAt(0o755)).problem).toBeUndefined()
    },
  )

  it('is not checked if the storage is missing or no folder', async () => {
    for (const storage of [join(folder, 'missing'), undefined, {}]) {
      const folderMode = new FolderMode(storage)
      await folderMode.check()
      expect(folderMode.problem).toBeUndefined()
    }
  })
})
