/**
 * Private rooms bench: what a private room costs compared with a room without a secret, side by side in one process: the time
 * until a presence update is at all other members, CPU and bytes of presence load, and the sync of a document to a
 * newcomer.
 *
 * Members are real, over TCP and Noise on loopback. The two kinds of room take turns, and each figure is the median of the
 * rounds. Prints progress to stderr, one JSON object to stdout. Ratios count, not absolute times.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Cluster, joinCluster, type Room } from '@hearsay/core'
import * as Y from 'yjs'
import { median, quantile } from '../helpers/quantiles.ts'

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    updates: { type: 'string', default: '40' },
    megabytes: { type: 'string', default: '4' },
  },
})
const [members, rounds, updates] = [values.members, values.rounds, values.updates].map(Number) as [
  number,
  number,
  number,
]
const documentBytes = Number(values.megabytes) * 1_000_000
const boundMs = 120_000
const pauseMs = 60

type Kind = 'public' | 'private'
const kinds: readonly Kind[] = ['public', 'private']

interface Figures {
  /** From `presence.set` until the last other member shows the value: median and 90th percentile of the updates. */
  readonly presenceP50Ms: number
  readonly presenceP90Ms: number
  /** CPU of the whole process for each update. */
  readonly presenceCpuMs: number
  /** From the start of the sync until the newcomer has the document and is synced. */
  readonly syncMs: number
  readonly syncCpuMs: number
  /** From an edit of the synced document until the other member has it, median. */
  readonly editMs: number
}

const clusters: Cluster[] = []
await join('m0')
for (let i = 1; i < members; i++) await join(`m${i}`)
await until('all see all', () =>
  clusters.every(({ members: all }) => all.getSnapshot().length === clusters.length),
)

const played: Record<Kind, Figures[]> = { public: [], private: [] }
// The first round loads and compiles the code, and does not count.
for (let round = 0; round <= rounds; round++)
  for (const kind of round % 2 === 0 ? kinds : [...kinds].reverse()) {
    const figures = await play(kind, `${kind}-${round}`)
    console.error(`round ${round} ${kind.padEnd(8)}`, JSON.stringify(figures))
    if (round > 0) played[kind].push(figures)
  }

const names = Object.keys(played.public[0] ?? {}) as (keyof Figures)[]
const figure = (kind: Kind, name: keyof Figures) => median(played[kind].map(each => each[name]))
const table = names.map(name => {
  const [open, sealed] = [figure('public', name), figure('private', name)]
  return [name, { public: rounded(open), private: rounded(sealed), ratio: rounded(sealed / open) }] as const
})
console.log(
  JSON.stringify({ members, rounds, updates, documentBytes, ...Object.fromEntries(table) }, null, 2),
)
await Promise.all(clusters.map(cluster => cluster.leave()))

async function play(kind: Kind, name: string): Promise<Figures> {
  const options = kind === 'private' ? { secret: 'a secret of sixteen or more characters' } : {}
  const enter = (cluster: Cluster): Promise<Room> => cluster.room(name, options)
  const rooms = await Promise.all(clusters.map(enter))
  await until('all show all', () =>
    rooms.every(({ presence }) => presence.others.getSnapshot().length === members - 1),
  )
  await sleep(500)
  const presence = await playPresence(rooms)
  for (const room of rooms.slice(2)) room.leave()
  const [author, reader] = rooms as [Room, Room]
  const sync = await playSync(author, reader)
  for (const room of [author, reader]) room.leave()
  return { ...presence, ...sync }
}

async function playPresence(
  rooms: readonly Room[],
): Promise<Pick<Figures, 'presenceP50Ms' | 'presenceP90Ms' | 'presenceCpuMs'>> {
  const delays: number[] = []
  const cpu = process.cpuUsage()
  for (let update = 1; update <= updates; update++) {
    const author = rooms[update % rooms.length]
    const others = rooms.filter(room => room !== author)
    const sinceMs = performance.now()
    const shown = Promise.all(others.map(room => shows(room, update)))
    author?.presence.set({ update, cursor: { x: update, y: sinceMs } })
    await shown
    delays.push(performance.now() - sinceMs)
    await sleep(pauseMs)
  }
  const { user, system } = process.cpuUsage(cpu)
  return {
    presenceP50Ms: median(delays),
    presenceP90Ms: quantile(delays, 0.9),
    presenceCpuMs: (user + system) / 1_000 / updates,
  }
}

/** Resolves when the room shows this number as the presence of another member. */
function shows({ presence: { others } }: Room, update: number): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!others.getSnapshot().some(({ presence }) => presence['update'] === update)) return
      stop()
      resolve()
    }
    const stop = others.subscribe(look)
  })
}

async function playSync(
  author: Room,
  reader: Room,
): Promise<Pick<Figures, 'syncMs' | 'syncCpuMs' | 'editMs'>> {
  const { doc } = author
  const line = 'The quick brown fox jumps over the lazy dog. '.repeat(20)
  doc.transact(() => {
    for (let bytes = 0; bytes < documentBytes; bytes += line.length)
      doc.getArray('lines').push([`${bytes} ${line}`])
  })
  const length = doc.getArray('lines').length
  await until('the author is synced', () => author.provider.synced)
  await sleep(300)
  const cpu = process.cpuUsage()
  const sinceMs = performance.now()
  await until('the newcomer is synced', () => {
    return reader.provider.synced && reader.doc.getArray('lines').length === length
  })
  const syncMs = performance.now() - sinceMs
  const { user, system } = process.cpuUsage(cpu)
  const edits: number[] = []
  for (let edit = 0; edit < 20; edit++) {
    const arrived = new Promise<void>(resolve => reader.doc.once('update', () => resolve()))
    const editedMs = performance.now()
    doc.getMap('edits').set(`${edit}`, edit)
    await arrived
    edits.push(performance.now() - editedMs)
    await sleep(pauseMs)
  }
  if (!Buffer.from(Y.encodeStateVector(doc)).equals(Buffer.from(Y.encodeStateVector(reader.doc))))
    throw new Error('the documents differ')
  return { syncMs, syncCpuMs: (user + system) / 1_000, editMs: median(edits) }
}

async function join(name: string): Promise<Cluster> {
  const bootstrap = clusters[0]?.self.addresses ?? []
  const listen = ['/ip4/127.0.0.1/tcp/0']
  const cluster = await joinCluster({ cluster: 'bench', name, mdns: false, listen, bootstrap })
  clusters.push(cluster)
  return cluster
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const sinceMs = performance.now()
  while (!isSo()) {
    if (performance.now() - sinceMs > boundMs) throw new Error(`${what}: not within ${boundMs / 1_000} s`)
    await sleep(2)
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
