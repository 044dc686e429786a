/**
 * Steps of the demo's scenario. Each step acts on real processes, then waits until all other members report
 * an event.
 */

import type { DemoCluster, Observation } from './demo-cluster.ts'
import type { MemberProcess } from './member-process.ts'
import { type WaitResult, waitUntilKnownByAll } from './wait-until-known.ts'

export interface Step {
  readonly step: 'join' | 'tag' | 'crash' | 'restart' | 'hang' | 'return' | 'goodbye'
  describe(cluster: DemoCluster): string
  run(cluster: DemoCluster, context: StepContext): Promise<StepOutcome>
}

export interface StepContext {
  readonly deadlineMs: number
  /** A member suspects the target of the action for the first time, this many milliseconds after the action. */
  suspected(ms: number): void
}

export interface StepOutcome extends WaitResult {
  readonly suspectedMs?: number
}

// The first member stays healthy, because the others rejoin through it. In a small cluster, several steps act
// on the same member.
const firstMember = ({ members }: DemoCluster): MemberProcess => members[0] as MemberProcess
const memberInRole = (cluster: DemoCluster, part: number): MemberProcess =>
  cluster.members[1 + (part % (cluster.members.length - 1))] as MemberProcess
const crashing = (cluster: DemoCluster) => memberInRole(cluster, 0)
const hanging = (cluster: DemoCluster) => memberInRole(cluster, 1)
const leaving = (cluster: DemoCluster) => memberInRole(cluster, 2)

const join: Step = {
  step: 'join',
  describe: cluster =>
    `${cluster.members.length} members start, and join through ${firstMember(cluster).name}`,
  async run(cluster, { deadlineMs }) {
    const bootstrap = await cluster.start(firstMember(cluster))
    const sinceMs = Date.now()
    await Promise.all(cluster.members.slice(1).map(target => cluster.start(target, bootstrap)))
    const known = await Promise.all(
      cluster.members.map(about =>
        waitUntilKnownByAll(cluster, { about, sinceMs, deadlineMs, matches: hasEvent('join') }),
      ),
    )
    return (
      known.find(({ problem }) => problem) ??
      known.reduce((last, each) => ((each.allMs ?? 0) > (last.allMs ?? 0) ? each : last))
    )
  },
}

const tag: Step = {
  step: 'tag',
  describe: cluster => `${firstMember(cluster).name} sets a tag: task=rendering`,
  run(cluster, { deadlineMs }) {
    const sinceMs = Date.now()
    firstMember(cluster).tag('task', 'rendering')
    return waitUntilKnownByAll(cluster, {
      about: firstMember(cluster),
      sinceMs,
      deadlineMs,
      matches: ({ event, tags }) => event === 'update' && tags['task'] === 'rendering',
    })
  },
}

const crash: Step = {
  step: 'crash',
  describe: cluster => `SIGKILL to ${crashing(cluster).name}`,
  run: (cluster, context) => harm(cluster, crashing(cluster), target => target.kill(), context),
}

const restart: Step = {
  step: 'restart',
  describe: cluster => `${crashing(cluster).name} starts again from its storage`,
  async run(cluster, { deadlineMs }) {
    const about = crashing(cluster)
    const before = about.identity
    const sinceMs = Date.now()
    const after = await cluster.start(about, firstMember(cluster).identity)
    const known = await waitUntilKnownByAll(cluster, {
      about,
      sinceMs,
      deadlineMs,
      matches: hasEvent('join'),
    })
    if (after.id !== before?.id) return { ...known, problem: 'came back with another id' }
    if (after.incarnation <= before.incarnation)
      return { ...known, problem: 'came back with its old incarnation' }
    return known
  },
}

const hang: Step = {
  step: 'hang',
  describe: cluster => `SIGSTOP to ${hanging(cluster).name}`,
  run: (cluster, context) => harm(cluster, hanging(cluster), target => target.freeze(), context),
}

const comeBack: Step = {
  step: 'return',
  describe: cluster => `SIGCONT to ${hanging(cluster).name}`,
  run(cluster, { deadlineMs }) {
    const sinceMs = Date.now()
    hanging(cluster).thaw()
    return waitUntilKnownByAll(cluster, {
      about: hanging(cluster),
      sinceMs,
      deadlineMs,
      matches: hasEvent('join', 'recover'),
    })
  },
}

const leave: Step = {
  step: 'goodbye',
  describe: cluster => `${leaving(cluster).name} leaves`,
  async run(cluster, { deadlineMs }) {
    const about = leaving(cluster)
    const sinceMs = Date.now()
    about.leave()
    const known = await waitUntilKnownByAll(cluster, {
      about,
      sinceMs,
      deadlineMs,
      matches: hasEvent('leave'),
    })
    const suspicion = firstSuspicion(cluster, about, sinceMs)
    return suspicion ? { ...known, problem: `was suspected by ${suspicion.observer.name}` } : known
  },
}

// Windows has no equivalent of SIGSTOP.
const pauseSteps = process.platform === 'win32' ? [] : [hang, comeBack]

/** Starts all members; the user decides on everything after that. */
export const setupSteps: readonly Step[] = [join]

export const steps: readonly Step[] = [...setupSteps, tag, crash, restart, ...pauseSteps, leave]

/**
 * Calls `act` on a member, waits until all others report it as dead, and meanwhile reports the first
 * suspicion.
 */
async function harm(
  cluster: DemoCluster,
  about: MemberProcess,
  act: (target: MemberProcess) => void,
  { deadlineMs, suspected }: StepContext,
): Promise<StepOutcome> {
  const sinceMs = Date.now()
  act(about)
  const known = waitUntilKnownByAll(cluster, { about, sinceMs, deadlineMs, matches: hasEvent('fail') })
  const isSuspected = () => firstSuspicion(cluster, about, sinceMs) !== undefined
  await Promise.race([cluster.until(isSuspected, deadlineMs - sinceMs), known])
  const suspicion = firstSuspicion(cluster, about, sinceMs)
  if (!suspicion) return known
  const suspectedMs = suspicion.at - sinceMs
  suspected(suspectedMs)
  return { ...(await known), suspectedMs }
}

function firstSuspicion(
  cluster: DemoCluster,
  target: MemberProcess,
  sinceMs: number,
): Observation | undefined {
  return cluster.since(sinceMs).find(({ event, name }) => event === 'suspect' && name === target.name)
}

const hasEvent =
  (...events: readonly Observation['event'][]) =>
  ({ event }: Observation) =>
    events.includes(event)
