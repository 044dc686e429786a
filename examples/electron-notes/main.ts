/** Main process: the member, two windows, and a tray that shows the connected devices. */
import { join } from 'node:path'
import { type AppMember, startMember } from '@hearsay/electron/main'
import * as electron from 'electron'

const { app, BrowserWindow, Menu, nativeImage, Tray } = electron

/** A filled circle. */
const icon =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAALklEQVR42mNQCt/BQAlmoJUB/3Fgggb8JxLTxoD/JOJRA2hhwMCnA6okZfrnRgDsVayUDkOXWwAAAABJRU5ErkJggg=='

// Not awaited: Electron becomes ready only after this module has been evaluated.
void run()

async function run(): Promise<void> {
  const member = await startMember(electron, { cluster: 'electron-notes', awayAfterMs: 300_000 })
  if (!member) return app.quit()
  showTray(member)
  app.on('second-instance', () => openWindow(member))
  // The member stays when all windows are closed: the app runs in the tray.
  app.on('window-all-closed', () => {})
  await Promise.all([openWindow(member), openWindow(member)])
}

async function openWindow(member: AppMember): Promise<void> {
  const window = new BrowserWindow({
    width: 640,
    height: 480,
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
    },
  })
  // This window shows only the app's own page.
  window.webContents.on('will-navigate', event => event.preventDefault())
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  member.serve(window.webContents, {
    allow: { update: false, rooms: { notes: 'write' }, configs: {} },
  })
  await window.loadFile(join(import.meta.dirname, 'page/index.html'))
}

function showTray(member: AppMember): void {
  const tray = new Tray(nativeImage.createFromDataURL(icon))
  const { members } = member.cluster
  const show = () => {
    const alive = members.getSnapshot().filter(({ status }) => status === 'alive')
    const people = alive.map(({ name, attention, tags }) => {
      const state = attention.state === 'asleep' ? ' (asleep)' : 'away' in tags ? ' (away)' : ''
      return { label: `${name}${state}`, enabled: false }
    })
    tray.setToolTip(`Notes: ${alive.length} here`)
    tray.setContextMenu(
      Menu.buildFromTemplate([
        ...people,
        { type: 'separator' },
        { label: 'New window', click: () => openWindow(member) },
        { role: 'quit' },
      ]),
    )
  }
  members.subscribe(show)
  show()
}
