/**
 * Browser bench: how fast tabs of a real Chromium and processes see each other, and what happens to a hidden tab.
 *
 * Prints progress to stderr, one JSON object to stdout. Everything runs on this machine, over loopback.
 */
import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser, BrowserContext } from 'playwright-core'
import { launchChromium, launchDesktop } from '../browser/chromium.ts'
import { Relay } from '../browser/relay.ts'
import { openSite } from '../browser/site.ts'
import { Tab } from '../browser/tab.ts'
import { quantile } from '../helpers/quantiles.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    'hidden-minutes': { type: 'string', default: '3' },
  },
})
const runs = whole('runs', values.runs, 1, 100)
const hiddenMinutes = whole('hidden-minutes', values['hidden-minutes'], 0, 60)

/** A hundred cursor positions, twenty a second: as fast as presence is published. */
const cursors = 100
const everyMs = 50
/** How long the others are watched after the relays were killed. */
const watchMs = 10_000

const tabNames = ['tab 1', 'tab 2', 'tab 3'] as const
const relayNames = ['relay 1', 'relay 2'] as const

const site = await openSite()
const browser = await launchChromium()
/** Figures of runs in which each page has its own window: all pages are visible. */
const samples = { agreeMs: [] as number[], closedMs: [] as number[], crashedMs: [] as number[] }
const cursorMs: number[] = []
const cursorWithoutRelaysMs: number[] = []
let suspectedByTabs = 0
for (let run = 1; run <= runs; run++) {
  console.error(`run ${run} of ${runs}`)
  await reportOnce()
  await crashOnce()
}
await browser.close()
const hidden = hiddenMinutes > 0 ? await hide() : undefined
await site.close()

console.log(
  JSON.stringify(
    {
      runs,
      machine: { cores: availableParallelism(), node: process.version },
      agreeMs: spread(samples.agreeMs),
      cursorMs: percentiles(cursorMs),
      cursorWithoutRelaysMs: percentiles(cursorWithoutRelaysMs),
      tabsSuspectedWhenRelaysDied: suspectedByTabs,
      closedMs: spread(samples.closedMs),
      crashedMs: spread(samples.crashedMs),
      hidden,
    },
    null,
    2,
  ),
)

interface Mixed {
  readonly relays: readonly Relay[]
  readonly tabs: readonly [Tab, Tab, Tab]
  /** From the opening of the last tab until all members agree. */
  readonly agreeMs: number
}

/** Two processes, then three tabs, all connected to each other. */
async function open(pages: Pick<Browser | BrowserContext, 'newPage'>): Promise<Mixed> {
  const cluster = randomUUID()
  const relays = await startRelays(cluster)
  const bootstrap = relays[0].addresses
  const join = (name: string) => Tab.join(pages, site.url, { cluster, name, bootstrap })
  const [one, two] = [await join(tabNames[0]), await join(tabNames[1])]
  const sinceMs = performance.now()
  const tabs = [one, two, await join(tabNames[2])] as const
  const allAlive = Object.fromEntries([...tabNames, ...relayNames].map(name => [name, 'alive']))
  await Promise.all([
    ...tabs.map(tab => tab.ask('sees', allAlive)),
    ...relays.flatMap(relay => tabNames.map(name => relay.reports('join', name))),
  ])
  const agreeMs = performance.now() - sinceMs
  await Promise.all(
    tabs.flatMap((tab, i) =>
      tabNames.filter((_, other) => other !== i).map(name => tab.ask('isLinkedTo', name)),
    ),
  )
  return { relays, tabs, agreeMs }
}

async function reportOnce(): Promise<void> {
  const { relays, tabs, agreeMs } = await open(browser)
  samples.agreeMs.push(agreeMs)
  const [one, two, three] = tabs
  await Promise.all(tabs.map(tab => tab.ask('enter')))
  cursorMs.push(...(await cursorsBetween(one, two)))

  const closing = performance.now()
  await three.close()
  await Promise.all([
    ...relays.map(relay => relay.reports('leave', 'tab 3')),
    ...[one, two].map(tab => tab.ask('seesStatus', 'tab 3', 'left')),
  ])
  samples.closedMs.push(performance.now() - closing)

  for (const { process } of relays) process.signal('SIGKILL')
  await sleep(watchMs)
  cursorWithoutRelaysMs.push(...(await cursorsBetween(one, two)))
  for (const tab of [one, two])
    suspectedByTabs += (await tab.ask('sightings')).filter(
      sighting => isFalseAlarm(sighting) && sighting.name.startsWith('tab'),
    ).length

  for (const tab of [one, two]) await tab.close()
}

async function crashOnce(): Promise<void> {
  const { relays, tabs, agreeMs } = await open(browser)
  samples.agreeMs.push(agreeMs)
  const [one, two, three] = tabs
  samples.crashedMs.push(await deathOf(three, 'tab 3', relays, [one, two]))
  for (const tab of [one, two]) await tab.close()
  for (const { process } of relays) process.signal('SIGKILL')
}

/**
 * Kills the renderer process of the tab. Returns the milliseconds until all other members see its member as dead.
 */
async function deathOf(
  tab: Tab,
  name: string,
  relays: readonly Relay[],
  others: readonly Tab[],
): Promise<number> {
  const sinceMs = performance.now()
  await tab.crash()
  await Promise.all([
    ...relays.map(relay => relay.reports('fail', name)),
    ...others.map(other => other.ask('seesStatus', name, 'dead')),
  ])
  return performance.now() - sinceMs
}

/** Measured in both directions, so that the difference of the clocks cancels out. */
async function cursorsBetween(one: Tab, two: Tab): Promise<number[]> {
  await Promise.all([one, two].map(tab => tab.ask('delaysMs')))
  for (let cursor = 0; cursor < cursors; cursor++) {
    await (cursor % 2 === 0 ? one : two).ask('show', cursor)
    await sleep(everyMs)
  }
  return (await Promise.all([one, two].map(tab => tab.ask('delaysMs')))).flat()
}

/**
 * One tab stays in front of the other tabs for minutes. Reports what all other members see of the hidden
 * tabs.
 *
 * In the background, Chromium runs the timers of pages with WebRTC connections once a second, and those of other pages
 * once a minute. One more tab has no WebRTC connections: it is in another cluster, whose other members are processes.
 */
async function hide(): Promise<object> {
  console.error(`hidden for ${hiddenMinutes} minutes`)
  const desktop = await launchDesktop()
  const lone = await openLone(desktop.context)
  const { relays, tabs } = await open(desktop.context)
  const [one, two, three] = tabs
  const hidden = [one, two, lone.tab]
  await Promise.all(hidden.map(tab => tab.ask('watchTimers')))
  await three.page.bringToFront()
  await sleep(hiddenMinutes * 60_000)
  const seen = (await Promise.all([three, ...hidden].map(tab => tab.ask('sightings')))).flat()
  const processes = [...relays, ...lone.relays]
  const figures = {
    minutes: hiddenMinutes,
    withTabs: [await one.ask('visibility'), await two.ask('visibility')],
    withProcessesOnly: await lone.tab.ask('visibility'),
    suspectedByTabs: seen.filter(isFalseAlarm).map(({ event, name }) => `${event} ${name}`),
    suspectedByProcesses: processes.flatMap(relay =>
      tabNames.flatMap(name => relay.eventsAbout(name).filter(event => isFalseAlarm({ event }))),
    ).length,
    crashedMs: tenths(await deathOf(two, 'tab 2', relays, [one, three])),
    crashedAmongProcessesMs: tenths(await deathOf(lone.tab, 'tab 1', lone.relays, [])),
  }
  await desktop.close()
  for (const { process } of processes) process.signal('SIGKILL')
  return figures
}

async function openLone(context: BrowserContext): Promise<{ tab: Tab; relays: readonly Relay[] }> {
  const cluster = randomUUID()
  const relays = await startRelays(cluster)
  const tab = await Tab.join(context, site.url, {
    cluster,
    name: tabNames[0],
    bootstrap: relays[0].addresses,
  })
  await Promise.all(relays.map(relay => relay.reports('join', tabNames[0])))
  return { tab, relays }
}

async function startRelays(cluster: string): Promise<readonly [Relay, Relay]> {
  const first = await Relay.start(cluster, relayNames[0])
  return [first, await Relay.start(cluster, relayNames[1], first.addresses)]
}

function isFalseAlarm({ event }: { readonly event: string }): boolean {
  return event === 'suspect' || event === 'fail'
}

function spread(values: readonly number[]): object {
  const at = (share: number) => tenths(quantile(values, share))
  return { min: at(0), median: at(0.5), max: at(1) }
}

function percentiles(values: readonly number[]): object {
  const at = (share: number) => tenths(quantile(values, share))
  return { count: values.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

function whole(option: string, value: string, min: number, max: number): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= min && number <= max) return number
  console.error(`bench:browser: --${option} is a whole number from ${min} to ${max}`)
  process.exit(2)
}
