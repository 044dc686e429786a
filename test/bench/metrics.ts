/**
 * Metrics bench: what metrics cost a member. 32 members of the command line form one cluster. Every second one serves metrics,
 * which are scraped every 15 s, as Prometheus does by default; the others serve none. Both kinds are measured at the same time.
 *
 * Linux only. Prints one JSON object. `--members 32 --idle 120`
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Child, startChild } from '../processes/process.ts'
import { type Cost, measureCost } from './cost.ts'

const { values } = parseArgs({
  options: { members: { type: 'string', default: '32' }, idle: { type: 'string', default: '120' } },
})
const [members, idleSeconds] = [Number(values.members), Number(values.idle)]
const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))
/** Our choice: joining, settling of the connections (30 s), and the first scrape, which loads code, are over. */
const settleMs = 45_000
const scrapeMs = 15_000

interface Member {
  readonly child: Child
  readonly ready: { readonly addresses: readonly string[]; readonly metrics?: string }
}

async function start(index: number, bootstrap: readonly string[]): Promise<Member> {
  const hasMetrics = index % 2 === 1
  const args = ['join', `metrics-${process.pid}`, '--json', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
  const options = [
    ...bootstrap.flatMap(address => ['--bootstrap', address]),
    ...(hasMetrics ? ['--metrics', '0'] : []),
  ]
  return new Promise(resolve => {
    const child = startChild(process.execPath, [bin, ...args, ...options], line => {
      if (line.startsWith('{"event":"ready"')) resolve({ child, ready: JSON.parse(line) })
    })
  })
}

async function scrape(urls: readonly string[]): Promise<number> {
  const texts = await Promise.all(urls.map(async url => (await fetch(url)).text()))
  return Math.round(texts.reduce((sum, { length }) => sum + length, 0) / texts.length)
}

const first = await start(0, [])
const others = await Promise.all(
  Array.from({ length: members - 1 }, (_, index) => start(index + 1, first.ready.addresses)),
)
const all = [first, ...others]
const urls = all.flatMap(({ ready }) => ready.metrics ?? [])
const scrapedBytes = await scrape(urls)
const timer = setInterval(() => void scrape(urls), scrapeMs)
await sleep(settleMs)
const pidsOf = (hasMetrics: boolean) =>
  all.filter(({ ready }) => (ready.metrics !== undefined) === hasMetrics).map(({ child }) => child.pid)
const [withMetrics, without] = await Promise.all([
  measureCost(pidsOf(true), idleSeconds, false),
  measureCost(pidsOf(false), idleSeconds, false),
])
clearInterval(timer)
const difference = (of: (cost: Cost) => number) => Math.round((of(withMetrics) - of(without)) * 100) / 100
console.log(
  JSON.stringify(
    {
      members,
      idleSeconds,
      scrapedBytes,
      withMetrics,
      without,
      difference: {
        cpuPercent: difference(cost => cost.cpuPercentPerMember),
        residentMb: difference(cost => cost.residentMbPerMember),
        proportionalMb: difference(cost => cost.proportionalMbPerMember),
      },
    },
    null,
    2,
  ),
)
process.exit(0)
