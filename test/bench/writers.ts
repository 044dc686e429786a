/**
 * Writers bench: what signed changes cost. One document among members over loopback, in one process, without and with
 * writers, alternating.
 *
 * Prints progress to stderr, a table or JSON (`--json`) to stdout. Ratios count, not absolute times.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Cluster, joinCluster, type RoomDocument, type RoomOptions } from '@hearsay/core'
import { median, quantile } from '../helpers/quantiles.ts'
import { loopbackBytes } from './documents/machine.ts'
import { whole } from './options.ts'
import { canHaveOwnNetwork, inOwnNetwork, repeatInOwnNetwork } from './own-network.ts'

interface Figures {
  [figure: string]: number
}

const memberCount = 5
const listen = ['/ip4/127.0.0.1/tcp/0']
const subjects = ['without', 'with'] as const
type Subject = (typeof subjects)[number]

const { runs, isJson } = readOptions()
if (!inOwnNetwork && canHaveOwnNetwork()) repeatInOwnNetwork()
else await bench()

async function bench(): Promise<void> {
  const all: Record<Subject, Figures[]> = { without: [], with: [] }
  for (let run = 0; run < runs; run++)
    for (const subject of subjects) {
      console.error(`run ${run + 1} of ${runs}: ${subject} writers`)
      all[subject].push(await measure(subject))
    }
  const [without, withWriters] = [medians(all.without), medians(all.with)]
  if (isJson) console.log(JSON.stringify({ runs, members: memberCount, without, with: withWriters }, null, 2))
  else console.log(table(without, withWriters))
}

async function measure(subject: Subject): Promise<Figures> {
  const first = await joinCluster({ cluster: 'bench', listen, mdns: false })
  const bootstrap = first.self.addresses
  const join = () => joinCluster({ cluster: 'bench', listen, mdns: false, bootstrap })
  const members = [first, ...(await Promise.all(Array.from({ length: memberCount - 1 }, join)))]
  const options: RoomOptions = subject === 'with' ? { writers: members.map(({ self }) => self.id) } : {}
  const open = async (cluster: Cluster, name: string): Promise<RoomDocument> =>
    (await cluster.room(name, options)).document('')
  try {
    const documents = await Promise.all(members.map(member => open(member, 'design')))
    await until(() => documents.every(({ provider }) => provider.synced))
    const typed = await typing(documents)
    const idle = await idling()
    const late = await join()
    members.push(late)
    const lateMs = await timed(async () => {
      const document = await open(late, 'design')
      await until(() => document.provider.synced && lengthOf(document) === lengthOf(documents[0]))
    })
    const pastes: Figures = {}
    for (const megabytes of [1, 5]) {
      const name = `paste of ${megabytes} MB`
      const pasted = await Promise.all(members.map(member => open(member, name)))
      await until(() => pasted.every(({ provider }) => provider.synced))
      pastes[`${name}: all have it, ms`] = await timed(async () => {
        pasted[0]?.doc.getText().insert(0, 'x'.repeat(megabytes * 1_000_000))
        await until(() => pasted.every(each => lengthOf(each) === megabytes * 1_000_000))
      })
    }
    return { ...typed, ...idle, 'newcomer after 3,000 keystrokes has all, ms': lateMs, ...pastes }
  } finally {
    await Promise.all(members.map(member => member.leave()))
  }
}

/** 100 keystrokes a second for 30 s, by two writers in turn. */
async function typing(documents: readonly RoomDocument[]): Promise<Figures> {
  const latencies: number[] = []
  const cpu = process.cpuUsage()
  const bytes = wireBytes()
  for (let i = 1; i <= 3_000; i++) {
    const dueMs = performance.now() + 10
    documents[i % 2]?.doc.getText().insert(0, 'x')
    if (i % 50 === 0)
      latencies.push(await timed(() => until(() => documents.every(each => lengthOf(each) === i))))
    await sleep(Math.max(0, dueMs - performance.now()))
  }
  const { user, system } = process.cpuUsage(cpu)
  return {
    'a keystroke is everywhere after, ms (median)': median(latencies),
    'a keystroke is everywhere after, ms (95 %)': quantile(latencies, 0.95),
    '3,000 keystrokes: processor time, ms': (user + system) / 1_000,
    '3,000 keystrokes: kB on the wire': (wireBytes() - bytes) / 1_000,
  }
}

async function idling(): Promise<Figures> {
  await sleep(5_000)
  const cpu = process.cpuUsage()
  const bytes = wireBytes()
  await sleep(20_000)
  const { user, system } = process.cpuUsage(cpu)
  return {
    'idle 20 s: processor time, ms': (user + system) / 1_000,
    'idle 20 s: kB on the wire': (wireBytes() - bytes) / 1_000,
  }
}

/** 0 where other programs use this loopback, too. */
function wireBytes(): number {
  return loopbackBytes() ?? 0
}

function lengthOf(document: RoomDocument | undefined): number {
  return document?.doc.getText().length ?? 0
}

async function timed(act: () => Promise<void>): Promise<number> {
  const sinceMs = performance.now()
  await act()
  return performance.now() - sinceMs
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 120_000
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error('not within two minutes')
    await sleep(1)
  }
}

function medians(runs: readonly Figures[]): Figures {
  return Object.fromEntries(
    Object.keys(runs[0] ?? {}).map(figure => {
      return [figure, median(runs.map(run => run[figure] ?? 0))]
    }),
  )
}

function table(without: Figures, withWriters: Figures): string {
  const rows = Object.keys(without).map(figure => {
    const [a = 0, b = 0] = [without[figure], withWriters[figure]]
    return `| ${figure} | ${round(a)} | ${round(b)} | ${a === 0 ? '–' : round(b / a)} |`
  })
  return ['| | without writers | with writers | ratio |', '|---|---|---|---|', ...rows].join('\n')
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function readOptions(): { runs: number; isJson: boolean } {
  const options = {
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  } satisfies ParseArgsConfig['options']
  try {
    const { values } = parseArgs({ options })
    return { runs: whole('runs', values.runs, 1, 20), isJson: values.json }
  } catch (error) {
    console.error(`bench:writers: ${(error as Error).message}`)
    process.exit(2)
  }
}
