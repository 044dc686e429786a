/** Main process: the member, two windows, a tray that shows the connected devices, and the links with tickets. */
import { join } from 'node:path'
import {
  type AppMember,
  followTicketLinks,
  type StartOptions,
  startMember,
  storedTicket,
  storeTicket,
} from '@hearsay/electron/main'
import * as electron from 'electron'

const { app, BrowserWindow, dialog, Menu, nativeImage, Tray } = electron

/** Without a ticket: a cluster of all who run the app in this network. */
const openCluster: StartOptions = { cluster: 'electron-notes' }

/** A filled circle. */
const icon =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAALklEQVR42mNQCt/BQAlmoJUB/3Fgggb8JxLTxoD/JOJRA2hhwMCnA6okZfrnRgDsVayUDkOXWwAAAABJRU5ErkJggg=='

// Here, because on macOS the link that starts the app arrives before Electron is ready.
const isFirst = followTicketLinks(electron, {
  protocol: 'hearsay-notes',
  onTicket: (link, { cluster }) => useTicket(link, cluster),
  onError: ({ message }) => dialog.showErrorBox('This link cannot be used', message),
})

// Not awaited: Electron becomes ready only after this module has been evaluated.
if (isFirst) void run()
else app.quit()

async function run(): Promise<void> {
  const ticket = await storedTicket(electron)
  const member = await startMember(electron, { ...(ticket ? { ticket } : openCluster), awayAfterMs: 300_000 })
  if (!member) return app.quit()
  showTray(member)
  app.on('second-instance', () => openWindow(member))
  // The member stays when all windows are closed: the app runs in the tray.
  app.on('window-all-closed', () => {})
  await Promise.all([openWindow(member), openWindow(member)])
}

/** Any web page can open a link of this app: so the user decides. The app starts again, as a member of the other cluster. */
async function useTicket(link: string, cluster: string): Promise<void> {
  await app.whenReady()
  const { response } = await dialog.showMessageBox({
    message: `Share notes with the members of “${cluster}”?`,
    detail: 'They see this device, and you and they write one note.',
    buttons: ['Join', 'Cancel'],
    cancelId: 1,
  })
  if (response !== 0) return
  await storeTicket(electron, link)
  app.relaunch({ args: process.argv.slice(1).filter(argument => argument !== link) })
  app.quit()
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
