/** The example electron-notes, built as its users build it. Electron itself is in test/electron. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { x } from 'tinyexec'
import { expect, it, onTestFinished, vi } from 'vitest'

const build = fileURLToPath(new URL('../../examples/electron-notes/build.ts', import.meta.url))

it('builds the main process, a preload script without imports, and the page', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearsay-electron-notes-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await x(process.execPath, [build, folder], { throwOnError: true })
  const main = await readFile(join(folder, 'main.js'), 'utf8')
  const imports = [...main.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name).sort()
  expect(imports).toEqual(['@hearsay/electron/main', 'electron', 'node:path'])
  const require = vi.fn(() => ({ ipcRenderer: { on() {} } }))
  const addEventListener = vi.fn()
  runInNewContext(await readFile(join(folder, 'preload.cjs'), 'utf8'), {
    require,
    module: {},
    exports: {},
    window: { addEventListener },
  })
  expect(require.mock.calls).toEqual([['electron']])
  expect(addEventListener.mock.calls.map(([type]) => type)).toEqual(['message'])
  // Electron loads the page from a file. There, an absolute path would not lead to the assets of the page.
  expect(await readFile(join(folder, 'page/index.html'), 'utf8')).toMatch(/src="\.\/assets\//)
})
