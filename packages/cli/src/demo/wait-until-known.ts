/** Measures how long it takes until all other running members have reported the same event about one member. */

import type { DemoCluster, Observation } from './demo-cluster.ts'
import type { MemberProcess } from './member-process.ts'

export interface WaitResult {
  readonly firstMs?: number
  readonly allMs?: number
  /** A sentence part that names the members that did not report the event in time. */
  readonly problem?: string
}

export interface WaitQuery {
  readonly about: MemberProcess
  readonly sinceMs: number
  /** Reports after this time do not count. */
  readonly deadlineMs: number
  /** Whether the observation reports the event to wait for. */
  matches(observation: Observation): boolean
}

const boundMs = 20_000

export async function waitUntilKnownByAll(cluster: DemoCluster, query: WaitQuery): Promise<WaitResult> {
  const { about, sinceMs, deadlineMs, matches } = query
  const observers = cluster.othersOf(about)
  const delaysByObserver = new Map<MemberProcess, number>()
  const isKnown = () => {
    for (const observation of cluster.since(sinceMs))
      if (
        observation.name === about.name &&
        matches(observation) &&
        !delaysByObserver.has(observation.observer)
      )
        delaysByObserver.set(observation.observer, observation.at - sinceMs)
    return observers.every(observer => delaysByObserver.has(observer))
  }
  await cluster.until(isKnown, Math.max(0, Math.min(boundMs, deadlineMs - Date.now())))

  const delays = observers.flatMap(observer => delaysByObserver.get(observer) ?? []).sort((a, b) => a - b)
  const missing = observers.filter(observer => !delaysByObserver.has(observer)).map(({ name }) => name)
  const [firstMs, lastMs] = [delays[0], delays.at(-1)]
  return {
    ...(firstMs !== undefined && { firstMs }),
    ...(missing.length > 0
      ? { problem: `not known to ${missing.join(', ')} in time` }
      : lastMs !== undefined && { allMs: lastMs }),
  }
}
