/** Joins: thousands of uninvited joins against running members, what they cost, and what the strangers learned. */
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuMs } from '../processes/cpu.ts'
import { type AttackedCluster, credentials } from './attacked-cluster.ts'
import { startAttacker } from './attacker.ts'
import { refusedSince } from './member-report.ts'

const progressMs = 10_000

export interface JoinFigures {
  readonly joins: Readonly<Record<string, number>>
  readonly seconds: number
  /** The number of strangers that were admitted, as they count themselves or as a member's table shows. */
  readonly gotIn: number
  /** Processor time in percent of one core: of the first member, which the strangers dial, and of all others together. */
  readonly cpuPercent: { readonly first: number; readonly others: number }
  readonly residentGrowthMb: number
  readonly keptGrowthMb: number
  readonly refused: Readonly<Record<string, number>>
  readonly lost: number
  /** All texts of six or more characters that a stranger received. */
  readonly learned: readonly string[]
}

export interface JoinOptions {
  readonly joins: number
  /** Called at intervals with what the strangers have counted so far. */
  readonly progress?: (counted: Readonly<Record<string, number>>) => void
}

export async function measureJoins(
  cluster: AttackedCluster,
  { joins, progress }: JoinOptions,
): Promise<JoinFigures> {
  const before = await cluster.reports()
  const pids = cluster.processes.members.map(({ pid }) => pid)
  const cpuBefore = pids.map(cpuMs)
  const startMs = performance.now()
  const attacker = startAttacker({
    script: 'uninvitedJoins',
    by: 'stranger',
    credentials,
    targets: cluster.targets(),
    addresses: cluster.addresses(),
    documentAuthor: 0,
    times: joins,
    returning: undefined,
    recorded: '',
  })
  const timer = setInterval(() => progress?.(attacker.counted()), progressMs)
  await attacker.ended.finally(() => clearInterval(timer))
  const seconds = (performance.now() - startMs) / 1_000
  const cpu = pids.map((pid, i) => ((cpuMs(pid) - (cpuBefore[i] ?? 0)) / 1_000 / seconds) * 100)
  const during = await cluster.reports()
  await attacker.stop()
  await sleep(1_000)
  const after = (await cluster.reports()).filter(report => report !== undefined)
  const ids = cluster.targets().map(({ id }) => id)
  const { 'got in': entered = 0, 'confidential values learned': leaked = 0, ...counted } = attacker.counted()
  const strangers = after.flatMap(({ alive }) => alive.filter(id => !ids.includes(id)))
  const largest = (values: readonly number[]) => Math.max(0, ...values)
  const rss = (reports: typeof during) => largest(reports.map(report => report?.residentMb ?? 0))
  const kept = (reports: typeof during) => largest(reports.map(report => report?.keptMb ?? 0))
  const [first = 0, ...others] = cpu
  return {
    joins: { ...counted, 'confidential values learned': leaked },
    seconds: Math.round(seconds),
    gotIn: entered + new Set(strangers).size,
    cpuPercent: {
      first: Math.round(first),
      others: Math.round(others.reduce((sum, each) => sum + each, 0)),
    },
    residentGrowthMb: Math.round(rss(during) - rss(before)),
    keptGrowthMb: Math.round(kept(after) - kept(before)),
    refused: refusedSince(before, after),
    lost:
      pids.length - after.length + ids.filter(id => after.some(({ alive }) => !alive.includes(id))).length,
    learned: attacker.learned(),
  }
}
