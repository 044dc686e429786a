/**
 * Tabs bench: tabs of a real Chromium that share a member, and members in Node on the same machine, over loopback.
 *
 * Prints progress and the timeline of the takeovers to stderr, one JSON object to stdout: what many tabs cost on the wire,
 * against one tab, and how long cursors stand still when the leading tab crashes or closes.
 */
import { randomUUID } from 'node:crypto'
import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Cluster, joinCluster, type Room } from '@hearsay/core'
import type { BrowserContext } from 'playwright-core'
import { launchChromium } from '../browser/chromium.ts'
import { takeoverSteps } from '../browser/page/takeover-timeline.ts'
import { openSite } from '../browser/site.ts'
import { Tab } from '../browser/tab.ts'
import { median, quantile } from '../helpers/quantiles.ts'
import { type Idle, TaskTime } from './tabs/task-time.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    tabs: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    /** `crash`, `close` or both. */
    ends: { type: 'string', default: 'crash,close' },
    /** `no`, `yes` or both: whether the next leader prepares the member. */
    prepare: { type: 'string', default: 'no,yes' },
  },
})
const runs = Number(values.runs)
const manyTabs = Number(values.tabs)
const seconds = Number(values.seconds)
/** Members in Node that move their cursors, too. */
const devices = 3
/** As often as presence is published. */
const everyMs = 50
const tabsInHandover = 4

interface Shown {
  readonly cursor: number
  readonly atMs: number
}

interface Device {
  readonly cluster: Cluster
  readonly room: Room<Shown>
  /** The events about the member of the tabs. */
  readonly events: string[]
  /** When the cursor of the tabs moved here, in epoch milliseconds. */
  readonly arrivals: readonly number[]
  stop(): Promise<void>
}

const nowMs = (): number => performance.timeOrigin + performance.now()
const site = await openSite()
const browser = await launchChromium()
// With --seconds 0 only the takeovers are measured.
const [one, many] = seconds > 0 ? [await cost(1), await cost(manyTabs)] : []
const handovers: Record<string, readonly Handover[]> = {}
for (const end of ['crash', 'close'] as const)
  for (const isPrepared of [false, true]) {
    if (!values.ends.split(',').includes(end)) continue
    if (!values.prepare.split(',').includes(isPrepared ? 'yes' : 'no')) continue
    const samples: Handover[] = []
    for (let run = 0; run < runs; run++) samples.push(await handOver(end, isPrepared))
    const name = `${end}${isPrepared ? '; prepared' : ''}`
    handovers[name] = samples
    console.error(timelineOf(name, samples))
  }
await browser.close()
await site.close()
console.log(
  JSON.stringify(
    {
      machine: { cores: availableParallelism(), node: process.version },
      ...(one &&
        many && {
          wire: { one, many, ratio: Math.round((many.bytesPerSecond / one.bytesPerSecond) * 100) / 100 },
        }),
      handovers: Object.fromEntries(
        Object.entries(handovers).map(([name, samples]) => [name, summary(samples)]),
      ),
    },
    null,
    2,
  ),
)

async function startDevices(cluster: string): Promise<readonly Device[]> {
  const started: Device[] = []
  for (let i = 0; i < devices; i++) started.push(await startDevice(cluster, i, started[0]))
  return started
}

async function startDevice(cluster: string, i: number, first: Device | undefined): Promise<Device> {
  const member = await joinCluster({
    cluster,
    name: `device ${i}`,
    relay: true,
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
    mdns: false,
    ...(first && { bootstrap: first.cluster.self.addresses }),
  })
  const room = await member.room<Shown>('design')
  const events: string[] = []
  for (const type of ['join', 'suspect', 'recover', 'fail', 'leave'] as const)
    member.events.addEventListener(type, ({ detail: { name } }) => name === 'browser' && events.push(type))
  const arrivals: number[] = []
  let lastShownMs = 0
  room.presence.others.subscribe(() => {
    const shown = room.presence.others
      .getSnapshot()
      .flatMap(({ views }) => views.map(({ presence }) => presence.atMs ?? 0))
    const newestMs = Math.max(0, ...shown)
    if (newestMs > lastShownMs) arrivals.push(nowMs())
    lastShownMs = newestMs
  })
  let cursor = 0
  const timer = setInterval(() => room.presence.set({ cursor: ++cursor, atMs: nowMs() }), everyMs)
  const stop = async () => {
    clearInterval(timer)
    await member.leave()
  }
  return { cluster: member, room, events, arrivals, stop }
}

async function openTabs(
  context: BrowserContext,
  [device]: readonly Device[],
  count: number,
  isPrepared: boolean,
): Promise<Tab[]> {
  const tabs: Tab[] = []
  for (let i = 0; i < count; i++) {
    const { name: cluster, self } = (device as Device).cluster
    const options = { cluster, name: 'browser', bootstrap: self.addresses }
    const tab = await Tab.joinShared(context, site.url, options, isPrepared)
    await tab.ask('enter')
    tabs.push(tab)
  }
  return tabs
}

interface Cost {
  readonly tabs: number
  /** Members of the cluster, without those in Node. */
  readonly members: number
  readonly connections: number
  /** In both directions, without the headers of WebSocket and TCP. */
  readonly bytesPerSecond: number
}

/** One tab moves its cursor; the others show everything. */
async function cost(count: number): Promise<Cost> {
  console.error(`${count} tabs for ${seconds} s`)
  const devices = await startDevices(randomUUID())
  const context = await browser.newContext()
  context.setDefaultTimeout(120_000)
  let [bytes, connections] = [0, 0]
  context.on('page', async page => {
    page.on('websocket', socket => {
      connections += 1
      const count = ({ payload }: { payload: string | Buffer }) => {
        bytes += payload.length
      }
      socket.on('framesent', count)
      socket.on('framereceived', count)
      socket.on('close', () => {
        connections -= 1
      })
    })
  })
  const tabs = await openTabs(context, devices, count, false)
  await tabs.at(-1)?.ask('move', everyMs)
  await sleep(5_000)
  bytes = 0
  await sleep(seconds * 1_000)
  const bytesPerSecond = Math.round(bytes / seconds)
  const members = (devices[0]?.cluster.members.getSnapshot().length ?? 0) - devices.length
  const figures = { tabs: count, members, connections, bytesPerSecond }
  await context.close()
  await Promise.all(devices.map(device => device.stop()))
  return figures
}

interface Step {
  /** When the step ended, after the last cursor that was shown before the handover. */
  readonly ms: number
  /** How long the main thread of the new leader was busy until then. */
  readonly taskMs: number
}

interface Handover {
  /** The load of the machine, averaged over a minute. */
  readonly load: number
  /** How long the cursors of the other devices stood still in each of the other tabs. */
  readonly tabsMs: readonly number[]
  /** How long the cursor of one of the other tabs stood still at each of the other devices. */
  readonly devicesMs: readonly number[]
  /** The events that the others received about the member of the tabs. */
  readonly events: readonly string[]
  /** When each step of `timelineOf` ended. */
  readonly steps: readonly Step[]
  /** How long the main thread of the new leader was busy, from its last cursor before the handover to its first one after. */
  readonly taskMs: number
  readonly idle: { readonly next: Idle; readonly follower: Idle }
}

async function handOver(end: 'crash' | 'close', isPrepared: boolean): Promise<Handover> {
  console.error(`${end}${isPrepared ? '; prepared' : ''}`)
  const devices = await startDevices(randomUUID())
  const context = await browser.newContext()
  context.setDefaultTimeout(120_000)
  const [leader, ...rest] = await openTabs(context, devices, tabsInHandover, isPrepared)
  // The tabs wait in the order in which they were opened.
  const [next, follower] = rest as [Tab, Tab]
  await rest.at(-1)?.ask('move', everyMs)
  await sleep(3_000)
  const [nextTasks, followerTasks] = [await TaskTime.of(next), await TaskTime.of(follower)]
  const idle = { next: await nextTasks.idle(), follower: await followerTasks.idle() }
  await next.ask('watchTakeover')
  for (const { events } of devices) events.length = 0
  const load = loadavg()[0] ?? 0
  const endMs = nowMs()
  nextTasks.record()
  if (end === 'crash') await leader?.crash()
  else await leader?.close()
  await sleep(8_000)
  const gaps = await Promise.all(
    rest.map(async tab => standstill([endMs, ...(await tab.ask('arrivalsSince', endMs))])),
  )
  const devicesMs = devices.map(
    ({ arrivals }) => standstill([endMs, ...arrivals.filter(atMs => atMs >= endMs)]).ms,
  )
  const [gap] = gaps as [Standstill, ...Standstill[]]
  const times = await next.ask('takeoverTimes')
  const ends = [
    ...takeoverSteps.map(step => times[step] ?? Number.NaN),
    ...gaps.map(({ fromMs, ms }) => fromMs + ms),
  ]
  const steps = ends.map(endMs => ({
    ms: endMs - gap.fromMs,
    taskMs: nextTasks.at(endMs) - nextTasks.at(gap.fromMs),
  }))
  const events = devices.flatMap(device => device.events)
  const taskMs = nextTasks.at(gap.fromMs + gap.ms) - nextTasks.at(gap.fromMs)
  const tabsMs = gaps.map(({ ms }) => ms)
  await context.close()
  await Promise.all(devices.map(device => device.stop()))
  console.error({ load, tabsMs, devicesMs, taskMs, events })
  return { load, tabsMs, devicesMs, events, steps, taskMs, idle }
}

interface Standstill {
  /** When the last cursor before it was shown, in epoch milliseconds. */
  readonly fromMs: number
  readonly ms: number
}

/** The longest time between two cursors. */
function standstill(arrivals: readonly number[]): Standstill {
  const gaps = arrivals.slice(1).map((atMs, i) => {
    const fromMs = arrivals[i] ?? 0
    return { fromMs, ms: atMs - fromMs }
  })
  return gaps.reduce((longest, gap) => (gap.ms > longest.ms ? gap : longest))
}

/** The steps of the takeovers, one in each line. */
function timelineOf(name: string, samples: readonly Handover[]): string {
  const labels = [
    ...takeoverSteps,
    'shown in the new leader',
    ...Array.from({ length: tabsInHandover - 2 }, (_, i) => `shown in follower ${i + 1}`),
  ]
  const width = Math.max(...labels.map(label => label.length))
  const columns = (values: readonly unknown[]) => values.map(value => `${value}`.padStart(9)).join('')
  const figures = (values: readonly number[]) => {
    const { least, median, greatest } = spread(values)
    return columns([least, median, greatest])
  }
  return [
    `${name}: when each step ended, in ms; and the processor time of the new leader until then`,
    ' '.repeat(width) + columns(['least', 'median', 'worst', 'least', 'median', 'worst']),
    ...labels.map((label, i) => {
      const steps = samples.flatMap(({ steps }) => steps[i] ?? [])
      return `${label.padEnd(width)}${figures(steps.map(({ ms }) => ms))}${figures(steps.map(({ taskMs }) => taskMs))}`
    }),
  ].join('\n')
}

interface Spread {
  readonly least: number
  readonly median: number
  readonly greatest: number
}

function spread(ms: readonly number[]): Spread {
  const at = (share: number) => Math.round(quantile(ms, share))
  return { least: at(0), median: at(0.5), greatest: at(1) }
}

function summary(samples: readonly Handover[]): object {
  const count = (type: string) => samples.flatMap(({ events }) => events).filter(each => each === type).length
  const medianOf = (figure: (sample: Handover) => number) => Math.round(median(samples.map(figure)) * 10) / 10
  return {
    takeovers: samples.length,
    load: { median: medianOf(({ load }) => load), greatest: Math.max(...samples.map(({ load }) => load)) },
    tabsMs: spread(samples.flatMap(({ tabsMs }) => tabsMs)),
    devicesMs: spread(samples.flatMap(({ devicesMs }) => devicesMs)),
    mainThreadOfNewLeaderMs: spread(samples.map(({ taskMs }) => taskMs)),
    heapMB: {
      nextLeader: medianOf(({ idle }) => idle.next.heapMB),
      follower: medianOf(({ idle }) => idle.follower.heapMB),
    },
    busyPercent: {
      nextLeader: medianOf(({ idle }) => idle.next.busyPercent),
      follower: medianOf(({ idle }) => idle.follower.busyPercent),
    },
    events: Object.fromEntries(
      ['suspect', 'recover', 'fail', 'leave', 'join'].map(type => [type, count(type)]),
    ),
  }
}
