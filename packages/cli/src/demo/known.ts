/** Known: how long until everybody who runs has said the same of one member. */
import type { Actor } from './actor.ts'
import type { Cast, Observation } from './cast.ts'

export interface Known {
  readonly firstMs?: number
  readonly allMs?: number
  /** Who did not say it in time. */
  readonly problem?: string
}

const boundMs = 20_000

/** @param says whether an observation of `actor` since then is the one that is waited for */
export async function knownByAll(
  cast: Cast,
  actor: Actor,
  sinceMs: number,
  deadlineMs: number,
  says: (observation: Observation) => boolean,
): Promise<Known> {
  const observers = cast.observersOf(actor)
  const first = () => {
    const heard = new Map<Actor, number>()
    for (const observation of cast.since(sinceMs))
      if (observation.name === actor.name && says(observation) && !heard.has(observation.observer))
        heard.set(observation.observer, observation.at - sinceMs)
    return heard
  }
  const isKnown = () => observers.every(observer => first().has(observer))
  await cast.until(isKnown, Math.max(0, Math.min(boundMs, deadlineMs - Date.now())))

  const heard = first()
  const delays = observers.flatMap(observer => heard.get(observer) ?? []).sort((a, b) => a - b)
  const missing = observers.filter(observer => !heard.has(observer)).map(({ name }) => name)
  const [firstMs, allMs] = [delays[0], delays.at(-1)]
  return {
    ...(firstMs !== undefined && { firstMs }),
    ...(allMs !== undefined && missing.length === 0 && { allMs }),
    ...(missing.length > 0 && { problem: `not known to ${missing.join(', ')} in time` }),
  }
}
