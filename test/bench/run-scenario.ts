/** Scenario: the actions on a cluster, in this order, the same for each subject. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster } from '../processes/cluster.ts'
import type { Join } from '../processes/delays.ts'
import type { Member, Subject } from '../processes/subject.ts'
import { measureCost } from './cost.ts'
import type { Figures, LaterFigures } from './figures.ts'
import { stopAndGo } from './stop-and-go.ts'

export interface ScenarioOptions {
  readonly members: number
  readonly idleSeconds: number
  readonly startOnly: boolean
  /** Whether loopback carries only this cluster. */
  readonly ownLoopback: boolean
  readonly progress: (step: string, result: string) => void
}

/** How long the scenario waits after joining. Between two faults, the scenario waits half of this time. */
const settleMs = 20_000

export async function runScenario(subject: Subject, options: ScenarioOptions): Promise<Figures> {
  const { members, progress, startOnly } = options
  const join = await joinOneAfterTheOther(subject, options)
  const cluster = new Cluster()
  try {
    progress('start', `${members} members at the same instant`)
    const start = await cluster.start(subject, members)
    progress(
      '',
      `all agree ${start.afterFirstSpawnMs} ms after the first spawn, ${start.cpuMsPerMemberSettled} ms of processor time a member`,
    )
    return { start, join, ...(!startOnly && (await runRemainingSteps(cluster, options))) }
  } finally {
    await cluster.end()
  }
}

async function joinOneAfterTheOther(subject: Subject, { members, progress }: ScenarioOptions): Promise<Join> {
  const cluster = new Cluster()
  try {
    progress('join', `${members} members, one after the other`)
    const join = await cluster.join(subject, members)
    progress('', `all agree ${join.afterLastSpawnMs} ms after the last spawn`)
    return join
  } finally {
    await cluster.end()
  }
}

async function runRemainingSteps(cluster: Cluster, options: ScenarioOptions): Promise<LaterFigures> {
  const { progress } = options
  progress('idle', `${settleMs / 1_000} s to settle, ${options.idleSeconds} s to measure`)
  await sleep(settleMs)
  const pids = cluster.members.map(({ pid }) => pid)
  const idle = await measureCost(pids, options.idleSeconds, options.ownLoopback)
  progress(
    '',
    `${idle.bytesPerSecondPerMember} B/s, ${idle.cpuPercentPerMember} % of a core, ${idle.proportionalMbPerMember} MB a member`,
  )

  progress('crash', 'SIGKILL to one')
  const crash = await cluster.detect(last(cluster), 'SIGKILL')
  cluster.members.pop()
  progress('', `dead for all after ${crash.fail.allMs} ms`)

  await sleep(settleMs / 2)
  progress('hang', 'SIGSTOP to one')
  const hang = await cluster.detect(last(cluster), 'SIGSTOP')
  progress('', `dead for all after ${hang.fail.allMs} ms`)
  progress('return', 'SIGCONT to the same')
  const back = await cluster.learn(last(cluster), 'SIGCONT', ['join', 'recover'])
  progress('', `back for all after ${back.allMs} ms`)

  await sleep(settleMs / 2)
  progress('load', '4 members stop 3 s in every 4 s for 40 s')
  const load = await stopAndGo(cluster)
  progress('', `${load.healthyDeclaredDead} times a healthy member was declared dead`)
  return { idle, crash, hang, return: back, stopAndGo: load }
}

function last({ members }: Cluster): Member {
  const member = members.at(-1)
  if (member === undefined) throw new Error('no member is left')
  return member
}
