/**
 * Windows: five views of one member in a room of 100 members that all move their cursors 20 times a second.
 *
 * Each view is a worker thread. The members are made up: the bench measures the ports, not the network. Prints for each view
 * the share of its thread's time, how many updates it received, and how much its heap grew, after garbage collections. One
 * view is blocked for ten seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import type { Cluster, Json, Member, Other, Room } from '@hearsay/core'
import { AppEvents, AppNotifications, createStore, systemClock } from '@hearsay/core/app'
import { connectCluster, serveCluster } from '../src/index.ts'

const members = 100
const changesPerSecond = 20
const windows = 5
const seconds = Number(process.argv[2] ?? 20)
const blockMs = 10_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function usedMegabytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1_048_576
}

type Cursor = { readonly cursor: { readonly x: number; readonly y: number } }

/** A cluster with one room, whose members move when `move` is called. */
function madeUpCluster(): { cluster: Cluster; move: () => void } {
  const notifications = new AppNotifications(systemClock)
  const list: readonly Member[] = Array.from({ length: members }, (_, i) => ({
    id: `member ${String(i).padStart(3, '0')}`,
    name: `member ${i}`,
    incarnation: 1,
    status: 'alive',
    addresses: [],
    tags: {},
  }))
  let others: readonly Other<Cursor>[] = list
    .slice(1)
    .map(({ id }) => ({ id, presence: { cursor: { x: 0, y: 0 } }, views: [] }))
  const othersStore = createStore(notifications, () => others)
  const membersStore = createStore(notifications, () => list)
  const room = {
    name: 'room',
    members: membersStore,
    presence: { others: othersStore, events: new AppEvents(notifications), set() {} },
    events: new AppEvents(notifications),
    leave() {},
  }
  const cluster = {
    name: 'bench',
    self: list[0],
    members: membersStore,
    heartbeats: createStore(notifications, () => new Map()),
    health: createStore(notifications, () => ({})),
    events: new AppEvents(notifications),
    room: async () => room,
  }
  let step = 0
  return {
    cluster: cluster as unknown as Cluster,
    // A twentieth of the members in each call, as their messages arrive one after the other.
    move() {
      notifications.step(() => {
        step += 1
        others = others.map((other, i) =>
          i % changesPerSecond === step % changesPerSecond
            ? { id: other.id, presence: { cursor: { x: step, y: i } }, views: [] }
            : other,
        )
        othersStore.refresh()
      })
    },
  }
}

async function showWindow(port: NonNullable<typeof parentPort>): Promise<void> {
  const cluster = await connectCluster(port as never)
  const room: Room<Record<string, Json>> = await cluster.room('room')
  let updates = 0
  room.presence.others.subscribe(() => {
    updates += 1
  })
  // The first second compiles the code.
  await sleep(1_000)
  const usedBefore = usedMegabytes()
  updates = 0
  const before = performance.eventLoopUtilization()
  await sleep(seconds * 1_000)
  const { utilization } = performance.eventLoopUtilization(before)
  const perSecond = updates / seconds
  const grown = usedMegabytes() - usedBefore
  console.log(
    `a window: ${(utilization * 100).toFixed(1)} % busy, ${perSecond.toFixed(0)} updates a second, heap ${grown.toFixed(1)} MB larger`,
  )
  if (process.argv.includes('--blocked')) {
    const untilMs = performance.now() + blockMs
    while (performance.now() < untilMs);
    const [first] = room.presence.others.getSnapshot()
    await sleep(1_000)
    const isBack = room.presence.others.getSnapshot()[0] !== first
    console.log(`the blocked window: ${isBack ? 'caught up within a second' : 'did not catch up'}`)
  }
  process.exit()
}

if (isMainThread) {
  const { cluster, move } = madeUpCluster()
  for (let window = 0; window < windows; window++) {
    const argv = [`${seconds}`, ...(window === 0 ? ['--blocked'] : [])]
    const worker = new Worker(fileURLToPath(import.meta.url), { argv })
    // The made-up room has no views of its own.
    serveCluster(cluster, worker as never, { allow: { rooms: { '*': 'read' } } })
  }
  const moving = setInterval(move, 1_000 / (changesPerSecond * changesPerSecond))
  const before = {
    cpu: process.threadCpuUsage(),
    usedMegabytes: usedMegabytes(),
    atMs: performance.now(),
  }
  await sleep(seconds * 1_000 + blockMs + 6_000)
  clearInterval(moving)
  const { user, system } = process.threadCpuUsage(before.cpu)
  const share = (user + system) / 10 / (performance.now() - before.atMs)
  const grown = usedMegabytes() - before.usedMegabytes
  console.log(`the member's side: ${share.toFixed(1)} % of a core, heap ${grown.toFixed(1)} MB larger`)
  process.exit()
} else if (parentPort) await showWindow(parentPort)
