/**
 * Measurement of one attack: while it runs, an honest newcomer joins and then an honest member is killed. Without an attack
 * the same steps give the usual times.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { rounded } from '../processes/delays.ts'
import type { AttackedCluster } from './attacked-cluster.ts'
import { type Attacker, startAttacker } from './attacker.ts'
import type { Attack } from './attacks.ts'
import { documentText } from './honest-state.ts'
import { type MemberReport, refusedSince } from './member-report.ts'
import type { Target } from './raw-peer.ts'
import { ReturningMember } from './returning-member.ts'

export interface Figures {
  /** Honest members that at least one honest member does not see alive at the end, and processes that ended. */
  readonly lost: number
  /** `fail` and `leave` events about honest members that run. */
  readonly falseDeaths: number
  /** From the kill until all honest members, the newcomer too, have reported the killed member dead. Null: not within 30 s. */
  readonly deadMs: number | null
  /** From the newcomer's call of `joinCluster` until all honest members have reported it. Null: not within 30 s. */
  readonly seenMs: number | null
  /** `suspect` events at apps about honest members that run. */
  readonly suspects: number
  /** The most members that one app sees although they are not honest. The attacker counts if it is a member. */
  readonly strangersSeen: number
  /** The largest growth of resident memory of a member, and of its memory in use after the attack. */
  readonly residentGrowthMb: number
  readonly keptGrowthMb: number
  /** Members whose document, config or presence the attack changed, by what changed. */
  readonly damaged: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
  /** Whether the attacker's process ended too early. The other figures are then meaningless. */
  readonly attackFailed: boolean
  /** The counts of the attacker, and the times of the returning member. */
  readonly counted: Readonly<Record<string, number>>
}

/** How long the attack runs before the newcomer joins. Our choice: the made-up identities are in the tables then. */
const leadMs = 4_000
const boundMs = 30_000
/** A member that was wrongly suspected refutes within this time; memory that is in use for longer counts as kept. */
const settleMs = 2_000
/** Memory that is kept for longer than a minute counts as lost. */
const memoryBoundMs = 60_000
export const maxKeptGrowthMb = 16

/**
 * The cluster serves another attack afterwards, if this attack broke no bound: it has as many members as before.
 *
 * @param attack undefined: no attack, for the usual times
 */
export async function measure(
  cluster: AttackedCluster,
  attack?: Pick<Attack, 'name' | 'returning'> & { readonly asked: 'stranger' | 'member' },
): Promise<Figures> {
  const returning = attack?.returning && (await ReturningMember.start(cluster))
  const recorded = attack?.returning === 'before' ? await returning?.leaveAndReturn() : undefined
  const before = await cluster.reports()
  const sinceMs = performance.now()
  const attacker = attack && startAttack(cluster, { ...attack, recorded, returning: returning?.target })
  try {
    await attacker?.begun
    await sleep(leadMs)
    const backMs = attack?.returning === 'during' ? await returning?.crashAndReturn() : undefined
    const seenMs = await newcomerSeen(cluster)
    const deadMs = await killedSeen(cluster)
    const during = await cluster.reports()
    const stored = attack?.returning === 'during' ? await returning?.strangersStored() : undefined
    // The last numbers of the attacker arrive once a second.
    await sleep(1_000)
    await attacker?.stop()
    await sleep(settleMs)
    const after = await reportsWithMemoryBack(cluster, before)
    const running = cluster.targets()
    const names = new Set(running.map(({ name }) => name))
    const hadEnded = (name: string, atMs: number) => name === returning?.name && atMs < returning.returnedAtMs
    const events = cluster.processes.sightings
      .since(sinceMs)
      .filter(({ member, atMs }) => names.has(member) && !hadEnded(member, atMs))
    const answered = after.filter(report => report !== undefined)
    const unseen = running.filter(({ id }) => answered.some(({ alive }) => !alive.includes(id)))
    const ids = new Set([...cluster.honest.values()].map(({ target }) => target.id))
    const strangersIn = (report: MemberReport | undefined) =>
      report?.alive.filter(id => !ids.has(id)).length ?? 0
    return {
      lost: unseen.length + after.length - answered.length,
      falseDeaths: events.filter(({ event }) => event === 'fail' || event === 'leave').length,
      deadMs,
      seenMs,
      suspects: events.filter(({ event }) => event === 'suspect').length,
      strangersSeen: Math.max(...[...during, ...answered].map(strangersIn)),
      residentGrowthMb: growth(before, during, ({ residentMb }) => residentMb),
      keptGrowthMb: keptGrowth(before, after),
      damaged: damage(answered, running.length),
      refused: refusedSince(before, answered),
      attackFailed: attacker?.hasFailed() ?? false,
      counted: {
        ...attacker?.counted(),
        ...(backMs !== undefined && { 'back ms': backMs }),
        ...(stored !== undefined && { 'strangers stored': stored }),
      },
    }
  } finally {
    await attacker?.stop()
    await returning?.discard()
  }
}

/** The state of the members, when the memory in use is back, but within a minute. */
async function reportsWithMemoryBack(cluster: AttackedCluster, before: Reports): Promise<Reports> {
  const endMs = performance.now() + memoryBoundMs
  for (;;) {
    const after = await cluster.reports()
    if (keptGrowth(before, after) <= maxKeptGrowthMb || performance.now() > endMs) return after
    await sleep(5_000)
  }
}

function startAttack(
  cluster: AttackedCluster,
  {
    name,
    asked,
    recorded = '',
    returning,
  }: Pick<Attack, 'name'> & {
    readonly asked: 'stranger' | 'member'
    readonly recorded?: string | undefined
    readonly returning?: Target | undefined
  },
): Attacker {
  const { cluster: clusterName, secret } = cluster.credentials
  return startAttacker({
    script: name,
    by: asked,
    credentials: { cluster: clusterName, secret: asked === 'member' ? secret : `${secret}?` },
    targets: cluster.targets(),
    addresses: cluster.addresses(),
    documentAuthor: cluster.documentAuthor,
    times: 0,
    returning,
    recorded,
  })
}

async function newcomerSeen(cluster: AttackedCluster): Promise<number | null> {
  const others = cluster.processes.members.length
  const sinceMs = performance.now()
  const newcomer = cluster.addMember()
  const { sightings } = cluster.processes
  const delays = () => sightings.delays(newcomer.name, ['join'], sinceMs)
  await sightings.until(() => delays().length >= others, boundMs)
  const seenMs = delays()[others - 1]
  // A newcomer that is not ready is lost, and counts as such.
  await Promise.race([newcomer.ready.catch(() => undefined), sleep(boundMs)])
  const joiningAtMs = cluster.honest.get(newcomer.name)?.joiningAtMs
  return seenMs === undefined || joiningAtMs === undefined ? null : rounded(sinceMs + seenMs - joiningAtMs)
}

/** Kills a member to which the attack does not connect first. */
async function killedSeen(cluster: AttackedCluster): Promise<number | null> {
  const { members, sightings } = cluster.processes
  const [killed] = members.splice(-2, 1)
  if (!killed) throw new Error('no member is left')
  const sinceMs = performance.now()
  const delays = () => sightings.delays(killed.name, ['fail'], sinceMs)
  killed.signal('SIGKILL')
  await sightings.until(() => delays().length >= members.length, boundMs)
  return rounded(delays()[members.length - 1])
}

type Reports = readonly (MemberReport | undefined)[]

const keptGrowth = (before: Reports, after: Reports): number => growth(before, after, ({ keptMb }) => keptMb)

/** The difference between the largest value after and the largest value before. */
function growth(before: Reports, after: Reports, of: (report: MemberReport) => number): number {
  const largest = (reports: Reports) => Math.max(0, ...reports.map(report => (report ? of(report) : 0)))
  return Math.round(largest(after) - largest(before))
}

function damage(reports: readonly MemberReport[], members: number): Record<string, number> {
  const counts = {
    document: reports.filter(({ text }) => text !== documentText).length,
    'signed document': reports.filter(({ signedText }) => signedText !== documentText).length,
    config: reports.filter(({ configError }) => configError !== undefined).length,
    presence: reports.filter(({ present }) => present < members - 1).length,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}
