/**
 * Links bench: healthy members with bad links, beside serf in the same run. No member fails, so each death is false.
 *
 * Each member runs on a host of its own. In one cluster, a host loses four of five packets that another one sends. In
 * another cluster, the link between two hosts is cut for 20 s, and works for 20 s, in turn. All clusters run at the same
 * time. Needs Linux, root, iproute2 and iptables. Prints progress to stderr, a table to stdout.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Host, Network, whyNoNetworks } from '../networks/network.ts'
import { Cluster } from '../processes/cluster.ts'
import { hearsay } from '../processes/hearsay.ts'
import type { Sighting, SightingEvent } from '../processes/sightings.ts'
import type { Placement, Subject } from '../processes/subject.ts'
import { whole } from './options.ts'
import { serf, serfVersion } from './serf.ts'

const { values } = parseArgs({
  options: { members: { type: 'string', default: '8' }, seconds: { type: 'string', default: '180' } },
})
const members = whole('members', values.members, 4, 64)
const seconds = whole('seconds', values.seconds, 20, 3_600)
const settleMs = 20_000
const flipMs = 20_000
/** Events that were in transit when the links became good again count, too. */
const aftermathMs = 10_000

type Hosts = readonly [Host, Host, Host, ...Host[]]

/** A bad link between the second and the third host. */
interface Case {
  readonly title: string
  readonly play: (hosts: Hosts) => Promise<void>
}

const cases: readonly Case[] = [
  {
    title: '80 % loss in one direction',
    async play([, a, b]) {
      a.lose(b.address, 0.8)
      await sleep(seconds * 1_000)
      a.loseNothing()
    },
  },
  {
    title: 'cut and whole, 20 s each',
    async play([, a, b]) {
      const untilMs = performance.now() + seconds * 1_000
      while (performance.now() < untilMs) {
        a.lose(b.address)
        b.lose(a.address)
        await sleep(flipMs)
        for (const host of [a, b]) host.loseNothing()
        await sleep(flipMs)
      }
    },
  },
]

/** The cells of one line of the table. */
type Row = readonly string[]

const header: Row = ['links', 'subject', 'deaths', 'suspicions of one observer, at most', 'suspicions in all']

async function measure(
  name: string,
  make: (placement: Placement) => Subject,
  { title, play }: Case,
): Promise<Row> {
  const network = new Network(remove => process.on('exit', remove))
  const hosts = network.hosts(members) as unknown as Hosts
  const cluster = new Cluster()
  try {
    const subject = make({
      address: index => hosts[index]?.address ?? '',
      command: (index, program, args) => ['ip', 'netns', 'exec', hosts[index]?.name ?? '', program, ...args],
    })
    const { afterLastSpawnMs } = await cluster.join(subject, members)
    if (afterLastSpawnMs === null) throw new Error(`${name}: not all members see each other`)
    console.error(`${title}, ${name}: ${members} members see each other`)
    await sleep(settleMs)
    const sinceMs = performance.now()
    await play(hosts)
    await sleep(aftermathMs)
    const seen = cluster.sightings.since(sinceMs)
    const suspicions = [...countByObserver(seen, 'suspect').values()]
    const deaths = seen.filter(({ event }) => event === 'fail').length
    console.error(`${title}, ${name}: done`)
    return [title, name, ...[deaths, Math.max(0, ...suspicions), sum(suspicions)].map(String)]
  } finally {
    await cluster.end()
  }
}

function countByObserver(seen: readonly Sighting[], event: SightingEvent): Map<string, number> {
  const counts = new Map<string, number>()
  for (const each of seen)
    if (each.event === event) counts.set(each.observer, (counts.get(each.observer) ?? 0) + 1)
  return counts
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

function table(rows: readonly Row[]): string {
  const widths = header.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(row =>
      row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n')
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
const reason = whyNoNetworks()
if (reason !== undefined) {
  console.error(`bench:links: cannot make networks: ${reason}`)
  process.exit(2)
}
const subjects: [string, (placement: Placement) => Subject][] = [
  ['hearsay', placement => hearsay('lan', `links-${process.pid}`, placement)],
  ...(serfVersion()
    ? [['serf', placement => serf('lan', placement)] as [string, (placement: Placement) => Subject]]
    : []),
]
const rows = await Promise.all(
  cases.flatMap(each => subjects.map(([name, make]) => measure(name, make, each))),
)
console.log(table([header, ...rows]))
process.exit()
