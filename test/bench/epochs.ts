/**
 * Epochs bench: a document after many joins and leaves, before and after its holders compact it, on real sockets, in
 * this process. Each past client joined once: it wrote a character, set its own key, and deleted the key. Two members hold
 * the document; a third was offline and wrote; a fourth is new.
 *
 * Prints progress to stderr, one JSON object to stdout; the exit code is 1 if an edit was lost.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Cluster, joinCluster, type RoomDocument } from '@hearsay/core'
import * as Y from 'yjs'

const boundMs = 600_000
const offlineText = 'written while away '

const clients = readClients()
const first = await join('first')
const second = await join('second', first)
const away = await join('away', first)
const [one, two, offline] = await Promise.all([first, second, away].map(open))
if (!one || !two || !offline) throw new Error('all have opened the document')
await until('all are synced', () => [one, two, offline].every(({ provider }) => provider.synced))

offline.provider.disconnect()
offline.doc.getText('text').insert(0, offlineText)

const past = pastUpdate()
const appliedMs = performance.now()
Y.applyUpdate(one.doc, past)
const before = sizesOf(one.doc)
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
await until(`both have the compacted content of ${clients} clients`, () =>
  [one, two].every(({ doc }) => lengthOf(doc) === clients && clientsOf(doc) < clients),
)
const compactedMs = rounded(performance.now() - appliedMs)
delay.disable()
const after = sizesOf(one.doc)
const editedMs = performance.now()
one.doc.getMap('edit').set('seen', true)
await until('a small edit arrives', () => two.doc.getMap('edit').has('seen'))
const arrivesMs = rounded(performance.now() - editedMs)

const newcomer = await join('newcomer', first)
const joinedMs = performance.now()
const fresh = await open(newcomer)
await until('a newcomer has the document', () => fresh.provider.synced)
const newcomerMs = rounded(performance.now() - joinedMs)

const connectedMs = performance.now()
offline.provider.connect()
await until(
  'the offline member is in the epoch',
  () => offline.provider.synced && lengthOf(offline.doc) > clients,
)
const mergedMs = rounded(performance.now() - connectedMs)
const texts = () => [one, two, offline, fresh].map(({ doc }) => doc.getText('text').toString())
await until('all have the text of the offline member', () =>
  texts().every(text => text.includes(offlineText)),
)

const isWhole = texts().every(text => text.length === clients + offlineText.length)
const times = { compactedMs, stallMs: rounded(delay.max / 1e6), arrivesMs, newcomerMs, mergedMs }
console.log(JSON.stringify({ clients, before, after, ...times, isWhole }, null, 2))
await Promise.all([first, second, away, newcomer].map(cluster => cluster.leave()))
process.exit(isWhole ? 0 : 1)

function join(name: string, bootstrap?: Cluster): Promise<Cluster> {
  return joinCluster({
    cluster: 'epochs',
    name,
    profile: 'local',
    mdns: false,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    bootstrap: bootstrap?.self.addresses.slice(0, 1) ?? [],
  })
}

async function open(cluster: Cluster): Promise<RoomDocument> {
  return (await cluster.room('room')).document('shared')
}

/** The content that all clients left, as one update. */
function pastUpdate(): Uint8Array {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (let client = 1; client <= clients; client++) {
      doc.clientID = client
      doc.getText('text').insert(client - 1, 'x')
      doc.getMap('here').set(`client ${client}`, { at: client })
      doc.getMap('here').delete(`client ${client}`)
    }
  })
  return Y.encodeStateAsUpdate(doc)
}

function sizesOf(doc: Y.Doc) {
  const startedMs = performance.now()
  doc.transact(() => doc.getMap('edit').set('at', 0))
  return {
    clients: doc.store.clients.size,
    documentBytes: Y.encodeStateAsUpdate(doc).length,
    stateVectorBytes: Y.encodeStateVector(doc).length,
    editMs: rounded(performance.now() - startedMs),
  }
}

function clientsOf(doc: Y.Doc): number {
  return doc.store.clients.size
}

function lengthOf(doc: Y.Doc): number {
  return doc.getText('text').length
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + boundMs
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`not within ${boundMs / 1_000} s: ${what}`)
    await sleep(5)
  }
  console.error(what)
}

function rounded(ms: number): number {
  return Number(ms.toPrecision(3))
}

function readClients(): number {
  const { values } = parseArgs({ options: { clients: { type: 'string', default: '100000' } } })
  const count = Number(values.clients)
  if (Number.isInteger(count) && count >= 2_000 && count <= 1_000_000) return count
  console.error('bench:epochs: --clients is a whole number from 2000 to 1000000')
  process.exit(2)
}
