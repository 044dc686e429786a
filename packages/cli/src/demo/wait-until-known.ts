/** Known: how long until everybody who runs has said the same of one member. */

import type { Cast, Observation } from './demo-cluster.ts'
import type { Actor } from './member-process.ts'

export interface Known {
  readonly firstMs?: number
  readonly allMs?: number
  /** Who did not say it in time. */
  readonly problem?: string
}

export interface Question {
  readonly about: Actor
  readonly sinceMs: number
  /** No answer counts after this. */
  readonly deadlineMs: number
  /** Whether this observation of the member is the one that is waited for. */
  says(observation: Observation): boolean
}

const boundMs = 20_000

export async function knownByAll(cast: Cast, question: Question): Promise<Known> {
  const { about, sinceMs, deadlineMs, says } = question
  const observers = cast.observersOf(about)
  const heard = new Map<Actor, number>()
  const isKnown = () => {
    for (const observation of cast.since(sinceMs))
      if (observation.name === about.name && says(observation) && !heard.has(observation.observer))
        heard.set(observation.observer, observation.at - sinceMs)
    return observers.every(observer => heard.has(observer))
  }
  await cast.until(isKnown, Math.max(0, Math.min(boundMs, deadlineMs - Date.now())))

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
