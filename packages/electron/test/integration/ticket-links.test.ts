/** Links with tickets: stand-ins for Electron's `app`, tickets of a real cluster, and a member that joins with one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, createAuthority, InvalidOptionsError, joinCluster, StorageError } from '@hearsay/core'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import {
  followTicketLinks,
  type LinkProcess,
  startMember,
  storedTicket,
  storeTicket,
  type TicketLinkOptions,
} from '../../src/main.ts'
import { StandInElectron } from '../stand-in/electron.ts'

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 10 })
const loopback = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false } as const
const protocol = 'atlas-notes'
const packaged: LinkProcess = { argv: ['/opt/atlas-notes'], execPath: '/opt/atlas-notes' }

let founder: Cluster
let ticket: string
let electron: StandInElectron
const cleanUp: (() => unknown)[] = []

beforeAll(async () => {
  const { key } = await createAuthority()
  founder = await joinCluster({
    ...loopback,
    cluster: `links ${process.pid}`,
    name: 'founder',
    authority: key,
  })
  ticket = (await founder.invite({ roles: ['operator'] })).ticket
})

afterAll(() => founder.leave())

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const link = (given = ticket) => `${protocol}://join#hearsay=${given}`

interface Followed {
  readonly stop: (() => void) | undefined
  readonly links: string[]
  readonly clusters: string[]
  readonly errors: string[]
}

function follow(from: LinkProcess = packaged, options: Partial<TicketLinkOptions> = {}): Followed {
  electron = new StandInElectron()
  cleanUp.push(() => electron.end())
  const [links, clusters, errors]: string[][] = [[], [], []]
  const onTicket: TicketLinkOptions['onTicket'] = (link, { cluster }) => {
    links?.push(link)
    clusters?.push(cluster)
  }
  const onError = ({ message }: Error) => errors?.push(message)
  const stop = followTicketLinks(electron, { protocol, onTicket, onError, ...options }, from)
  return { stop, links: links ?? [], clusters: clusters ?? [], errors: errors ?? [] }
}

const event = () => ({
  isPrevented: false,
  preventDefault() {
    this.isPrevented = true
  },
})

it('hands over the link that started the app', async () => {
  const { links, clusters } = follow({ ...packaged, argv: ['/opt/atlas-notes', '--hidden', link()] })
  await until(() => links.length > 0)
  expect(links).toEqual([link()])
  expect(clusters).toEqual([founder.name])
})

it('hands over links that are opened while the app runs, on each system', async () => {
  const { links, errors, stop } = follow()
  const [own, other] = [event(), event()]
  electron.app.emit('open-url', own, link())
  electron.app.emit('open-url', other, `other-app://join#hearsay=${ticket}`)
  electron.app.emit('second-instance', event(), ['/opt/atlas-notes', link()])
  electron.app.emit('second-instance', event(), ['/opt/atlas-notes'])
  await until(() => links.length === 2)
  expect([own.isPrevented, other.isPrevented]).toEqual([true, false])
  stop?.()
  electron.app.emit('open-url', event(), link())
  electron.app.emit('second-instance', event(), [link()])
  await vi.dynamicImportSettled()
  expect(links).toHaveLength(2)
  expect(errors).toEqual([])
})

it('says in words why a link cannot be used, without the ticket', async () => {
  const { links, errors } = follow()
  const damaged = ticket.slice(0, -9)
  for (const text of [`${protocol}://join`, link('hearsay9.abc'), link(damaged)])
    electron.app.emit('open-url', event(), text)
  await until(() => errors.length === 3)
  expect(errors[0]).toContain('this is not a ticket')
  expect(errors[1]).toContain('a later version')
  expect(errors[2]).toContain('Copy the whole ticket')
  expect(errors.join()).not.toContain(damaged.slice(20))
  expect(links).toEqual([])
})

it('reports an error of the app once, and goes on', async () => {
  const reported = vi.fn()
  vi.stubGlobal('reportError', reported)
  cleanUp.push(() => vi.unstubAllGlobals())
  const failure = new Error('of the app')
  const onTicket = vi.fn(() => {
    throw failure
  })
  follow(packaged, { onTicket })
  electron.app.emit('open-url', event(), link())
  electron.app.emit('open-url', event(), link())
  await until(() => onTicket.mock.calls.length === 2)
  expect(reported.mock.calls).toEqual([[failure], [failure]])
})

it('registers the scheme so that the system can start the app', () => {
  follow()
  expect(electron.app.registered).toEqual([[protocol]])
  follow({ argv: ['/usr/bin/electron', '/src/notes'], execPath: '/usr/bin/electron', defaultApp: true })
  expect(electron.app.registered).toEqual([[protocol, '/usr/bin/electron', ['/src/notes']]])
})

it('a second instance takes no link', async () => {
  electron = new StandInElectron()
  cleanUp.push(() => electron.end())
  electron.app.isFirstInstance = false
  const onTicket = vi.fn()
  const from = { ...packaged, argv: [link()] }
  expect(followTicketLinks(electron, { protocol, onTicket }, from)).toBeUndefined()
  await vi.dynamicImportSettled()
  await Promise.resolve()
  expect(onTicket).not.toHaveBeenCalled()
  expect(electron.app.registered).toEqual([])
})

it.each([
  { protocol: 'https' },
  { protocol: 'Atlas' },
  { protocol: 'atlas:' },
  { protocol: '' },
  { onTicket: undefined },
  { onError: 7 },
  { protocl: 'atlas' },
])('refuses options that it cannot use: %o', wrong => {
  electron = new StandInElectron()
  cleanUp.push(() => electron.end())
  const options = { protocol, onTicket: () => {}, ...wrong } as unknown as TicketLinkOptions
  expect(() => followTicketLinks(electron, options, packaged)).toThrow(InvalidOptionsError)
})

it('stores the ticket encrypted, and otherwise for this user alone', async () => {
  follow()
  const folder = join(electron.app.userData, 'hearsay')
  const content = (name: string) => readFileSync(join(folder, name), 'latin1')
  expect(await storedTicket(electron)).toBeUndefined()
  electron.safeStorage.backend = 'basic_text'
  await storeTicket(electron, ticket)
  expect(content('ticket')).toBe(ticket)
  expect(await storedTicket(electron)).toBe(ticket)
  electron.safeStorage.backend = 'gnome_libsecret'
  await storeTicket(electron, ticket)
  expect(content('ticket.encrypted')).not.toContain(ticket)
  expect(() => content('ticket')).toThrow('ENOENT')
  expect(await storedTicket(electron)).toBe(ticket)
  electron.safeStorage.isAvailable = false
  await expect(storedTicket(electron)).rejects.toThrow(StorageError)
  electron.safeStorage.isAvailable = true
  await storeTicket(electron, undefined)
  expect(await storedTicket(electron)).toBeUndefined()
  await expect(storeTicket(electron, '')).rejects.toThrow(InvalidOptionsError)
})

it('the member of the app joins with the link, and only with it', async () => {
  const { links } = follow({ ...packaged, argv: [link()] })
  await until(() => links.length > 0)
  await storeTicket(electron, links[0])
  const modulePath = new URL('../../dist/member-process.js', import.meta.url).pathname
  const given = await storedTicket(electron)
  const member = await startMember(electron.modules, {
    ...loopback,
    name: 'app',
    modulePath,
    ...(given !== undefined && { ticket: given }),
  })
  cleanUp.push(() => member?.leave())
  const app = () => founder.members.getSnapshot().find(({ name }) => name === 'app')
  await until(() => app()?.status === 'alive')
  expect(app()?.roles).toEqual(['operator'])
  await until(() => member?.cluster.self.roles.join() === 'operator')
  const renewed = await founder.invite({ roles: ['editor'], expiresInMs: 50 * 86_400_000 })
  await member?.cluster.renew(renewed.ticket)
  await until(() => app()?.roles.join() === 'editor')
})
