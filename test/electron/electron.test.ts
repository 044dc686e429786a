/** The example electron-notes, built and run in Electron. Left out, with a warning, where there is no binary of Electron. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cluster, joinCluster } from '@hearsay/core'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { x } from 'tinyexec'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findElectron, whyNoElectron } from './binary.ts'

const executablePath = await findElectron()
if (executablePath === undefined) console.warn(`LEFT OUT: the tests in Electron: ${whyNoElectron}.`)

const example = fileURLToPath(new URL('../../examples/electron-notes', import.meta.url))
const within = { timeout: 30_000 }

describe.skipIf(executablePath === undefined)('electron-notes in Electron', { timeout: 120_000 }, () => {
  let folder: string
  let app: ElectronApplication
  let other: Cluster

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hearsay-electron-'))
    await x(process.execPath, [join(example, 'build.ts'), join(folder, 'dist')], { throwOnError: true })
    await symlink(join(example, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "main": "dist/main.js" }')
    // The app finds it by mDNS.
    other = await joinCluster({ cluster: 'electron-notes', name: 'other' })
    app = await launch()
  })

  afterAll(async () => {
    await app?.close()
    await other?.leave()
    await rm(folder, { recursive: true, force: true })
  })

  function launch(): Promise<ElectronApplication> {
    return _electron.launch({
      ...(executablePath !== undefined && { executablePath }),
      args: [folder, `--user-data-dir=${join(folder, 'user data')}`],
    })
  }

  async function windows(): Promise<[Page, Page]> {
    await vi.waitUntil(() => app.windows().length === 2, within)
    return app.windows() as [Page, Page]
  }

  const note = (page: Page) => page.getByRole('textbox', { name: 'Note' })
  const members = () =>
    other.members.getSnapshot().filter(({ id, status }) => id !== other.self.id && status === 'alive')

  it('two windows are one member and share the note', async () => {
    const [one, two] = await windows()
    await vi.waitUntil(() => members().length === 1, within)
    await note(one).click()
    await one.keyboard.type('Milk')
    await note(two).getByText('Milk').waitFor(within)
    const room = await other.room('notes')
    await vi.waitUntil(() => room.doc.getText('note').toString() === 'Milk', within)
    await vi.waitUntil(() => room.presence.others.getSnapshot()[0]?.views.length === 2, within)
  })

  it('when the process of the member is killed, the windows go on', async () => {
    const [one] = await windows()
    const [before] = members()
    await app.evaluate(({ app }) => {
      const member = app
        .getAppMetrics()
        .find(({ serviceName, name }) => [serviceName, name].includes('hearsay'))
      if (member) process.kill(member.pid, 'SIGKILL')
    })
    await note(one).click()
    await one.keyboard.press('End')
    await one.keyboard.type(' and bread')
    const room = await other.room('notes')
    await vi.waitUntil(() => room.doc.getText('note').toString() === 'Milk and bread', within)
    const [after] = members()
    expect(after?.id).toBe(before?.id)
    expect(after?.incarnation).toBeGreaterThan(before?.incarnation ?? 0)
  })

  it('is shown as asleep while the device sleeps', async () => {
    await app.evaluate(({ powerMonitor }) => powerMonitor.emit('suspend'))
    await vi.waitUntil(() => members()[0]?.attention.state === 'asleep', within)
    await app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))
    await vi.waitUntil(() => members()[0]?.attention.state === 'active', within)
  })

  it('a second instance ends', async () => {
    const second = await launch().catch(() => undefined)
    await second?.waitForEvent('close')
    expect(members()).toHaveLength(1)
  })

  it('announces its leave when it quits', async () => {
    const left = vi.fn()
    other.events.addEventListener('leave', left)
    await app.evaluate(({ app }) => app.quit())
    await vi.waitUntil(() => left.mock.calls.length === 1, within)
  })
})
