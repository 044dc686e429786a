/** An app with stand-ins for Electron: a real member in a real process, views over real ports, and two other members. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, joinCluster, NotAllowedError, NotRunningError, StorageError } from '@hearsay/core'
import { connectCluster } from '@hearsay/port'
import { afterEach, expect, it, vi } from 'vitest'
import { type AppMember, type StartOptions, startMember } from '../../src/main.ts'
import { openPagePort } from '../../src/page-port.ts'
import { StandInElectron } from '../stand-in/electron.ts'
import type { Page, PageOptions } from '../stand-in/page.ts'

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 10 })
const cleanUp: (() => unknown)[] = []

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

let clusters = 0
const loopback = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false } as const

/** Members of another device. */
async function otherMembers(howMany = 2): Promise<Cluster[]> {
  const cluster = `electron ${process.pid} ${++clusters}`
  const others: Cluster[] = []
  for (let i = 0; i < howMany; i++) {
    const bootstrap = others[0]?.self.addresses ?? []
    const other = await joinCluster({ ...loopback, cluster, name: `other ${i}`, bootstrap })
    cleanUp.push(() => other.leave())
    others.push(other)
  }
  await until(() => others.every(({ members }) => members.getSnapshot().length === howMany))
  return others
}

function standIn(): StandInElectron {
  const electron = new StandInElectron()
  cleanUp.push(() => electron.end())
  return electron
}

async function start(
  electron: StandInElectron,
  others: readonly Cluster[],
  options: Partial<StartOptions> = {},
): Promise<AppMember> {
  const cluster = others[0]?.name ?? `electron ${process.pid} ${++clusters}`
  const bootstrap = others.flatMap(({ self }) => self.addresses)
  const modulePath = new URL('../../dist/member-process.js', import.meta.url).pathname
  const all = { ...loopback, cluster, name: 'app', bootstrap, modulePath, ...options }
  const member = await startMember(electron.modules, all)
  if (!member) throw new Error('this is the first instance')
  cleanUp.push(() => member.leave())
  return member
}

/** Opens a page in a window that the app serves. */
async function openWindow(
  electron: StandInElectron,
  member: AppMember,
  { allow, ...pageOptions }: PageOptions & Parameters<AppMember['serve']>[1] = {},
): Promise<{ page: Page; view: Cluster }> {
  const page = electron.openPage(pageOptions)
  member.serve(page.contents, allow && { allow })
  return { page, view: await connect(page) }
}

function connect(page: Page): Promise<Cluster> {
  const view = crypto.randomUUID()
  return connectCluster(() => openPagePort(page.window, view))
}

const seesApp = (cluster: Cluster) => cluster.members.getSnapshot().find(({ name }) => name === 'app')

/** The names of all events of members, as they arrive. */
function eventsOf(cluster: Cluster): string[] {
  const events: string[] = []
  for (const type of ['join', 'suspect', 'recover', 'fail', 'leave'] as const)
    cluster.events.addEventListener(type, ({ detail }) => events.push(`${type} ${detail.name}`))
  return events
}

it('two windows are one member with two views, and a closed window takes only its presence along', async () => {
  const others = await otherMembers(1)
  const [other] = others as [Cluster]
  const electron = standIn()
  const member = await start(electron, others)
  const first = await openWindow(electron, member)
  const second = await openWindow(electron, member)
  const rooms = await Promise.all([first.view, second.view].map(view => view.room('notes')))
  const seen = await other.room('notes')
  for (const [i, room] of rooms.entries()) room.presence.set({ [`window ${i}`]: 'here' })
  const viewsSeen = () =>
    seen.presence.others.getSnapshot().map(({ views }) => views.map(({ presence }) => presence))
  await until(() => viewsSeen()[0]?.length === 2)
  expect(seen.members.getSnapshot()).toHaveLength(2)
  first.page.close()
  await until(() => viewsSeen()[0]?.length === 1)
  expect(viewsSeen()).toEqual([[{ 'window 1': 'here' }]])
  second.page.close()
  await until(() => viewsSeen().length === 0 || viewsSeen()[0]?.length === 0)
  expect(seesApp(other)?.status).toBe('alive')
  expect(electron.utilityProcess.all).toHaveLength(1)
})

it('when its process is killed, another one is started: windows go on, and others see the same member', async () => {
  const others = await otherMembers(2)
  const electron = standIn()
  const restarts: string[] = []
  const member = await start(electron, others, {
    tags: { device: 'laptop' },
    onRestart: ({ message }) => restarts.push(message),
  })
  const { view } = await openWindow(electron, member)
  const room = await view.room('notes')
  const seen = await (others[0] as Cluster).room('notes')
  room.doc.getText('text').insert(0, 'before')
  room.presence.set({ cursor: 1 })
  view.update({ tags: { device: 'laptop', mood: 'busy' } })
  await until(() => others.every(other => seesApp(other)?.tags['mood'] === 'busy'))
  await until(() => seen.doc.getText('text').toString() === 'before')
  const before = seesApp(others[0] as Cluster)
  const viewOf = () => seen.presence.others.getSnapshot()[0]?.views.map(({ id }) => id)
  const views = viewOf()
  const events = others.map(eventsOf)

  electron.utilityProcess.running[0]?.child.kill('SIGKILL')
  room.doc.getText('text').insert(0, 'after ')
  room.presence.set({ cursor: 2 })
  await until(() => others.every(other => (seesApp(other)?.incarnation ?? 0) > (before?.incarnation ?? 0)))
  await until(() => seen.doc.getText('text').toString() === 'after before')
  await until(() => seen.presence.others.getSnapshot()[0]?.presence['cursor'] === 2)
  expect(events.flat()).toEqual([])
  for (const other of others)
    expect(seesApp(other)).toMatchObject({
      id: before?.id,
      status: 'alive',
      tags: { device: 'laptop', mood: 'busy' },
    })
  expect(viewOf()).toEqual(views)
  expect(restarts).toEqual(["the member's process ended with code 1"])
  expect(member.cluster.self.id).toBe(before?.id)
})

it('asleep from suspend to resume', async () => {
  const others = await otherMembers(1)
  const electron = standIn()
  await start(electron, others)
  await until(() => seesApp(others[0] as Cluster) !== undefined)
  const attention = () => seesApp(others[0] as Cluster)?.attention.state
  electron.powerMonitor.emit('suspend')
  await until(() => attention() === 'asleep')
  electron.powerMonitor.emit('resume')
  await until(() => attention() === 'active')
})

it('away while the screen is locked, if the app wants that', async () => {
  const others = await otherMembers(1)
  const electron = standIn()
  await start(electron, others, { awayAfterMs: 300_000, tags: { device: 'laptop' } })
  await until(() => seesApp(others[0] as Cluster) !== undefined)
  const tags = () => seesApp(others[0] as Cluster)?.tags
  electron.powerMonitor.state = 'locked'
  electron.powerMonitor.emit('lock-screen')
  await until(() => tags()?.['away'] === 'locked')
  electron.powerMonitor.state = 'active'
  electron.powerMonitor.emit('unlock-screen')
  await until(() => tags()?.['away'] === undefined)
  expect(tags()).toEqual({ device: 'laptop' })
})

it('a second instance of the app starts nothing', async () => {
  const electron = standIn()
  electron.app.isFirstInstance = false
  expect(await startMember(electron.modules, { cluster: 'atlas' })).toBeUndefined()
  expect(electron.utilityProcess.all).toEqual([])
})

it.each([
  ['quits', (electron: StandInElectron) => electron.app.quit()],
  [
    'is ended by a shutdown of the system',
    (electron: StandInElectron) => electron.powerMonitor.emit('shutdown', { preventDefault() {} }),
  ],
])('announces that it leaves when the app %s', async (_, end) => {
  const others = await otherMembers(1)
  const electron = standIn()
  const member = await start(electron, others)
  const { page, view } = await openWindow(electron, member)
  await until(() => seesApp(others[0] as Cluster) !== undefined)
  const events = eventsOf(others[0] as Cluster)
  end(electron)
  expect(electron.app.quits).toBe(0)
  await until(() => electron.app.quits === 1)
  await until(() => events.length > 0)
  expect(events).toEqual(['leave app'])
  await until(() => electron.utilityProcess.running.length === 0)
  await until(() => view.self.status === 'left')
  await expect(openPagePort(page.window, 'late')).rejects.toThrow(NotRunningError)
  // The app quits without any further delay.
  electron.app.quit()
  expect(electron.app.quits).toBe(2)
})

it.each([
  ['a window', ({ view }: { view: Cluster }) => view.leave()],
  ['the view of the main process', ({ member }: { member: AppMember }) => member.cluster.leave()],
])('ends everything when %s makes the member leave', async (_, leave) => {
  const others = await otherMembers(1)
  const electron = standIn()
  const member = await start(electron, others, { awayAfterMs: 60_000 })
  const { page, view } = await openWindow(electron, member, { allow: { leave: true } })
  await leave({ view, member })
  await until(() => electron.utilityProcess.running.length === 0)
  await until(() => [view, member.cluster].every(({ self }) => self.status === 'left'))
  electron.powerMonitor.state = 'locked'
  for (const event of ['suspend', 'resume', 'lock-screen']) electron.powerMonitor.emit(event)
  await expect(openPagePort(page.window, 'late')).rejects.toThrow(NotRunningError)
  electron.app.quit()
  await until(() => electron.app.quits === 1)
})

it('quits in bounded time although the process of the member hangs', async () => {
  const others = await otherMembers(1)
  const electron = standIn()
  await start(electron, others)
  electron.utilityProcess.all[0]?.child.kill('SIGSTOP')
  cleanUp.push(() => electron.utilityProcess.all[0]?.child.kill('SIGKILL'))
  const beforeMs = performance.now()
  electron.app.quit()
  await until(() => electron.app.quits === 1)
  expect(performance.now() - beforeMs).toBeGreaterThan(1_000)
})

it('a page may do only what its window is allowed, and other pages get no port', async () => {
  const others = await otherMembers(1)
  const electron = standIn()
  const member = await start(electron, others)
  const allow = { update: false, rooms: { 'notes/*': 'read' }, configs: {} } as const
  const { page, view } = await openWindow(electron, member, { allow })
  await until(() => seesApp(others[0] as Cluster) !== undefined)
  expect(() => view.update({ tags: { hacked: 'yes' } })).toThrow(NotAllowedError)
  expect(() => view.suspend()).toThrow(NotAllowedError)
  await expect(view.room('secrets')).rejects.toThrow(NotAllowedError)
  await expect(view.config('settings')).rejects.toThrow(NotAllowedError)
  const room = await view.room('notes/1')
  expect(() => room.presence.set({ cursor: 1 })).toThrow(NotAllowedError)
  await view.leave()
  expect(seesApp(others[0] as Cluster)).toMatchObject({ status: 'alive', tags: {} })

  const refused = async (options: PageOptions) =>
    await expect(connect(electron.openPage(options))).rejects.toThrow(NotAllowedError)
  await refused({ contents: page.contents, isInside: true })
  await refused({ contents: page.contents, origin: 'https://example.org' })
  await openWindow(electron, member, { contents: page.contents })
  // Last, because the main process waits in case the app names the window later.
  await refused({})
})

it('the app may decide which pages get a port', async () => {
  const electron = standIn()
  const isOwnFrame = ({ url }: { url: string }) => url === 'app://notes/index.html'
  const member = await start(electron, [], { isOwnFrame })
  await expect(openWindow(electron, member)).rejects.toThrow('file:///index.html is not a page of the app')
  await openWindow(electron, member, { origin: 'app://notes' })
})

it('a preload script passes on only what its own page sent', async () => {
  const electron = standIn()
  const member = await start(electron, [])
  const { page } = await openWindow(electron, member)
  const before = page.messages.length
  const request = { type: 'hearsay:connect', request: 'mine', view: 'mine' }
  page.postMessage(request, '/', [], {})
  page.postMessage({ ...request, type: 'connect' }, '/')
  page.postMessage({ ...request, request: 7 }, '/')
  page.postMessage(null, '/')
  await sleep(100)
  expect(page.messages).toHaveLength(before + 4)
})

it('a window may ask before the app starts the member', async () => {
  const electron = standIn()
  const page = electron.openPage()
  const connecting = connect(page)
  await sleep(100)
  const member = await start(electron, [])
  member.serve(page.contents)
  expect((await connecting).self.id).toBe(member.cluster.self.id)
})

it('the key is stored encrypted only, and the member is the same at the next start', async () => {
  const electron = standIn()
  const first = await start(electron, [])
  const { id } = first.cluster.self
  await (await (await openWindow(electron, first)).view.config('settings')).set('color', 'red')
  expect(first.isIdentityEncrypted).toBe(true)
  await first.leave()
  const folder = join(electron.app.userData, 'hearsay')
  const encrypted = readFileSync(join(folder, 'identity.encrypted'))
  const key = Buffer.from(electron.safeStorage.decryptString(encrypted), 'base64')
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!statSync(join(folder, path)).isFile()) continue
    const content = readFileSync(join(folder, path))
    for (const form of [key, key.toString('base64'), key.toString('hex')])
      expect(content.includes(form), path).toBe(false)
  }
  const second = await start(electron, [])
  expect(second.cluster.self.id).toBe(id)
  await second.leave()
  electron.safeStorage.isAvailable = false
  await expect(start(electron, [])).rejects.toThrow(StorageError)
})

it('an error of the member at its start is the error of `startMember`', async () => {
  const electron = standIn()
  await expect(start(electron, [], { cluster: '' })).rejects.toThrow(/^cluster: give a name/)
  await until(() => electron.utilityProcess.running.length === 0)
})
