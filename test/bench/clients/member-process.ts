/**
 * Member process: one member with one document, controlled by its parent over IPC. Times are milliseconds since 1970,
 * which all processes on one machine share.
 *
 * Arguments: the member's name, and an address of another member, if any.
 */
import { hash } from 'node:crypto'
import { joinCluster, type RoomDocument } from '@hearsay/core'
import * as Y from 'yjs'
import { drawClients, manyClients } from '../../../packages/core/test/spaces/documents/past-clients.ts'
import { Gauges } from '../documents/gauges.ts'
import type { Commands, Measured } from './commands.ts'

const [name = '', contact] = process.argv.slice(2)
const gauges = new Gauges()
const counts = { suspected: 0, declaredDead: 0, collisions: 0, epochs: 0 }
const cluster = await joinCluster({
  cluster: 'clients',
  name,
  mdns: false,
  listen: ['/ip4/127.0.0.1/tcp/0'],
  bootstrap: contact === undefined ? [] : [contact],
})
cluster.events.addEventListener('suspect', () => {
  counts.suspected += 1
})
cluster.events.addEventListener('fail', () => {
  counts.declaredDead += 1
})
const room = await cluster.room('bench')
let open: RoomDocument | undefined

const nowMs = (): number => Math.round(performance.timeOrigin + performance.now())

function opened(): RoomDocument {
  if (!open) throw new Error('no document is open')
  return open
}

/** Checks after each transaction, without an `update` listener: Yjs would encode each change for such a listener. */
function until(isSo: () => boolean): Promise<number> {
  const { doc, provider } = opened()
  return new Promise(resolve => {
    const look = (): void => {
      if (!isSo()) return
      doc.off('afterAllTransactions', look)
      provider.off('synced', look)
      resolve(nowMs())
    }
    doc.on('afterAllTransactions', look)
    provider.on('synced', look)
    look()
  })
}

/** Each client set a key of its own. A compaction keeps the keys and drops the clients. */
const containsClients = (doc: Y.Doc, count: number): boolean =>
  doc.store.clients.size >= count || (counts.epochs > 0 && doc.getMap('m').size >= count)

const commands: Commands = {
  open: async ({ document, isConnected }) => {
    open = room.document(document)
    open.provider.on('collision', () => {
      counts.collisions += 1
    })
    open.provider.on('epoch', () => {
      counts.epochs += 1
    })
    if (!isConnected) open.provider.disconnect()
    return nowMs()
  },
  connect: async () => {
    opened().provider.connect()
    return nowMs()
  },
  disconnect: async () => {
    opened().provider.disconnect()
    return nowMs()
  },
  close: async () => {
    opened().provider.destroy()
    open = undefined
    return nowMs()
  },
  write: async ({ from, count }) => {
    Y.applyUpdate(opened().doc, manyClients(drawClients(count, from)))
    return nowMs()
  },
  set: async ({ key }) => {
    const sinceMs = nowMs()
    opened().doc.getMap('bench').set(key, 1)
    return sinceMs
  },
  untilSet: ({ key }) => until(() => opened().doc.getMap('bench').has(key)),
  untilClients: ({ count }) => until(() => opened().provider.synced && containsClients(opened().doc, count)),
  digest: async () => hash('sha256', Y.encodeSnapshot(Y.snapshot(opened().doc))),
  plainTransactionMs: async ({ count }) => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, manyClients(drawClients(count)))
    const times = Array.from({ length: 9 }, (_, i) => {
      const sinceMs = performance.now()
      doc.getMap('bench').set('key', i)
      return performance.now() - sinceMs
    })
    return times.toSorted((a, b) => a - b)[4] ?? 0
  },
  reset: async () => {
    gauges.reset()
    return nowMs()
  },
}

const measured = (): Measured => ({
  worstStallMs: gauges.worstStallMs,
  maxMemoryMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  refused: cluster.health.getSnapshot().rejected,
  connections: cluster.health.getSnapshot().connections,
  ...counts,
})

interface Message {
  readonly id: number
  readonly command: keyof Commands
  readonly request: never
}

process.on('message', ({ id, command, request }: Message) => {
  const carryOut: (request: never) => Promise<number | string> = commands[command]
  carryOut(request).then(
    result => process.send?.({ id, result, measured: measured() }),
    error => process.send?.({ id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ id: 0, result: 0, address: cluster.self.addresses[0] })
