/**
 * Newcomers bench: members that open a document at nearly the same time, on real sockets, in this process.
 *
 * Counts two faults: a newcomer is `synced` although a synced holder has more content, and the document
 * contains the template twice or not at all. Prints progress to stderr, JSON to stdout; the exit code is 1 if
 * there was a fault.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Cluster, joinCluster, type Room, type RoomDocument } from '@hearsay/core'
import { mulberry32 } from '../helpers/mulberry32.ts'
import { hasSeed, openSeeded, template } from './documents/seeding.ts'

const holderCharacters = 300_000
const maxNewcomers = 5
const maxGapMs = 1_000
/** The time until a newcomer must be synced. Our choice: ten times what a single one takes on a busy machine. */
const boundMs = 15_000
/**
 * How long the bench waits before it looks at the documents. Our choice: the templates of all newcomers
 * arrive within this time.
 */
const settleMs = 1_500

interface Count {
  openings: number
  newcomers: number
  syncedWithLess: number
  neverSynced: number
  templateDoubled: number
  templateMissing: number
}

const { openings, seed } = readOptions()
const random = mulberry32(seed)
const count: Count = {
  openings: 0,
  newcomers: 0,
  syncedWithLess: 0,
  neverSynced: 0,
  templateDoubled: 0,
  templateMissing: 0,
}

const holder = await join('holder')
const other = await join('other', holder)
const [holderRoom] = [await holder.room('room'), await other.room('room')]
holderRoom.document('large').doc.getText('text').insert(0, 'x'.repeat(holderCharacters))
await sleep(settleMs)
const isSeedKnown = await hasSeed(holderRoom)
console.error(
  `templates: ${isSeedKnown ? 'by the option seed' : 'by the app, into an empty synced document'}`,
)

for (let opening = 1; opening <= openings; opening++) {
  await open(opening)
  if (opening % 10 === 0) console.error(`${opening} of ${openings}: ${JSON.stringify(count)}`)
}
console.log(
  JSON.stringify(
    { seed, seedOption: isSeedKnown, holderCharacters, maxNewcomers, maxGapMs, ...count },
    null,
    2,
  ),
)
const bad = count.syncedWithLess + count.neverSynced + count.templateDoubled + count.templateMissing
await Promise.all([holder.leave(), other.leave()])
process.exit(bad > 0 ? 1 : 0)

/** Starts some newcomers with random delays after the first; all leave again. */
async function open(opening: number): Promise<void> {
  const name = `template ${opening}`
  // Every other time a member has the template already.
  const isOpenAlready = opening % 2 === 0
  const openedByHolder = isOpenAlready ? openSeeded(holderRoom, name, isSeedKnown) : undefined
  if (openedByHolder) await sleep(settleMs)
  const newcomers = 1 + Math.floor(random() * maxNewcomers)
  const delays = Array.from({ length: newcomers }, (_, i) => (i === 0 ? 0 : Math.floor(random() * maxGapMs)))
  const arrived = await Promise.all(delays.map((delayMs, i) => arrive(`n${opening}-${i}`, name, delayMs)))
  await sleep(settleMs)
  const texts = [
    ...arrived.map(({ templateText }) => templateText()),
    ...(openedByHolder ? [openedByHolder.doc.getText('text').toString()] : []),
  ]
  count.openings += 1
  count.newcomers += newcomers
  count.syncedWithLess += arrived.filter(
    ({ whenSynced }) => whenSynced !== undefined && whenSynced < holderCharacters,
  ).length
  count.neverSynced += arrived.filter(
    ({ whenSynced, isTemplateSynced }) => whenSynced === undefined || !isTemplateSynced,
  ).length
  count.templateDoubled += texts.some(text => text.length > template.length) ? 1 : 0
  count.templateMissing += texts.some(text => text.length < template.length) ? 1 : 0
  await Promise.all(arrived.map(({ cluster }) => cluster.leave()))
  openedByHolder?.provider.destroy()
}

interface Arrived {
  readonly cluster: Cluster
  /** Characters of the large document when it first became synced. */
  readonly whenSynced: number | undefined
  /** Whether the document with the template became synced in time. */
  readonly isTemplateSynced: boolean
  readonly templateText: () => string
}

async function arrive(name: string, document: string, delayMs: number): Promise<Arrived> {
  await sleep(delayMs)
  const cluster = await join(name, random() < 0.5 ? holder : other)
  const room: Room = await cluster.room('room')
  const large = room.document('large')
  const small = openSeeded(room, document, isSeedKnown)
  const [whenSynced, isTemplateSynced = false] = await Promise.all([
    synced(large, () => large.doc.getText('text').length),
    synced(small, () => true),
  ])
  return { cluster, whenSynced, isTemplateSynced, templateText: () => small.doc.getText('text').toString() }
}

/** @returns what `look` returns when the document first becomes synced; undefined: that takes too long */
async function synced<T>({ provider }: RoomDocument, look: () => T): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T>()
  provider.on('synced', isSynced => {
    if (isSynced) resolve(look())
  })
  return await Promise.race([promise, sleep(boundMs, undefined)])
}

function join(name: string, bootstrap?: Cluster): Promise<Cluster> {
  return joinCluster({
    cluster: 'newcomers',
    name,
    profile: 'local',
    mdns: false,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    bootstrap: bootstrap?.self.addresses.slice(0, 1) ?? [],
  })
}

function readOptions(): { openings: number; seed: number } {
  const { values } = parseArgs({
    options: { openings: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
  })
  const [openings, seed] = [Number(values.openings), Number(values.seed)]
  if (Number.isInteger(openings) && openings >= 1 && openings <= 10_000 && Number.isInteger(seed))
    return { openings, seed }
  console.error('bench:newcomers: --openings is a whole number from 1 to 10000, --seed a whole number')
  process.exit(2)
}
