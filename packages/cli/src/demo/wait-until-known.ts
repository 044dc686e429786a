/** Known: how long until everybody who runs has said the same of one member. */

import type { DemoCluster, Observation } from './demo-cluster.ts'
import type { MemberProcess } from './member-process.ts'

export interface WaitResult {
  readonly firstMs?: number
  readonly allMs?: number
  /** Who did not say it in time. */
  readonly problem?: string
}

export interface WaitQuery {
  readonly about: MemberProcess
  readonly sinceMs: number
  /** No answer counts after this. */
  readonly deadlineMs: number
  /** Whether this observation of the member is the one that is waited for. */
  matches(observation: Observation): boolean
}

const boundMs = 20_000

export async function waitUntilKnownByAll(cluster: DemoCluster, question: WaitQuery): Promise<WaitResult> {
  const { about, sinceMs, deadlineMs, matches } = question
  const observers = cluster.othersOf(about)
  const heard = new Map<MemberProcess, number>()
  const isKnown = () => {
    for (const observation of cluster.since(sinceMs))
      if (observation.name === about.name && matches(observation) && !heard.has(observation.observer))
        heard.set(observation.observer, observation.at - sinceMs)
    return observers.every(observer => heard.has(observer))
  }
  await cluster.until(isKnown, Math.max(0, Math.min(boundMs, deadlineMs - Date.now())))

  const delays = observers.flatMap(observer => heard.get(observer) ?? []).sort((a, b) => a - b)
  const missing = observers.filter(observer => !heard.has(observer)).map(({ name }) => name)
  const [firstMs, lastMs] = [delays[0], delays.at(-1)]
  return {
    ...(firstMs !== undefined && { firstMs }),
    ...(missing.length > 0
      ? { problem: `not known to ${missing.join(', ')} in time` }
      : lastMs !== undefined && { allMs: lastMs }),
  }
}
