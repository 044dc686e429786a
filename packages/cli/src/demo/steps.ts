/** Scenes: the demo's story. Each acts on real processes, then waits for what every other member says of it. */

import type { Cast, Observation } from './demo-cluster.ts'
import type { Actor } from './member-process.ts'
import { type Known, knownByAll } from './wait-until-known.ts'

export interface Scene {
  readonly step: 'join' | 'tag' | 'crash' | 'restart' | 'hang' | 'return' | 'goodbye'
  act(cast: Cast): string
  play(cast: Cast, telling: Telling): Promise<Outcome>
}

export interface Telling {
  readonly deadlineMs: number
  /** The first suspicion of whom the act was done to, this many milliseconds after it. */
  suspected(ms: number): void
}

export interface Outcome extends Known {
  readonly suspectedMs?: number
}

// The first member is never in trouble: the others come back through it. In a small cast one plays several parts.
const host = ({ actors }: Cast): Actor => actors[0] as Actor
const inPart = (cast: Cast, part: number): Actor =>
  cast.actors[1 + (part % (cast.actors.length - 1))] as Actor
const crashing = (cast: Cast) => inPart(cast, 0)
const hanging = (cast: Cast) => inPart(cast, 1)
const leaving = (cast: Cast) => inPart(cast, 2)

const join: Scene = {
  step: 'join',
  act: cast => `${cast.actors.length} members start, and join through ${host(cast).name}`,
  async play(cast, { deadlineMs }) {
    const bootstrap = await cast.start(host(cast))
    const sinceMs = Date.now()
    await Promise.all(cast.actors.slice(1).map(actor => cast.start(actor, bootstrap)))
    const known = await Promise.all(
      cast.actors.map(about => knownByAll(cast, { about, sinceMs, deadlineMs, says: says('join') })),
    )
    return (
      known.find(({ problem }) => problem) ??
      known.reduce((last, each) => ((each.allMs ?? 0) > (last.allMs ?? 0) ? each : last))
    )
  },
}

const tag: Scene = {
  step: 'tag',
  act: cast => `${host(cast).name} sets a tag: task=rendering`,
  play(cast, { deadlineMs }) {
    const sinceMs = Date.now()
    host(cast).tag('task', 'rendering')
    return knownByAll(cast, {
      about: host(cast),
      sinceMs,
      deadlineMs,
      says: ({ event, tags }) => event === 'update' && tags['task'] === 'rendering',
    })
  },
}

const crash: Scene = {
  step: 'crash',
  act: cast => `SIGKILL to ${crashing(cast).name}`,
  play: (cast, telling) => harm(cast, crashing(cast), actor => actor.kill(), telling),
}

const restart: Scene = {
  step: 'restart',
  act: cast => `${crashing(cast).name} starts again from its storage`,
  async play(cast, { deadlineMs }) {
    const about = crashing(cast)
    const before = about.identity
    const sinceMs = Date.now()
    const after = await cast.start(about, host(cast).identity)
    const known = await knownByAll(cast, { about, sinceMs, deadlineMs, says: says('join') })
    if (after.id !== before?.id) return { ...known, problem: 'came back as somebody else' }
    if (after.incarnation <= before.incarnation)
      return { ...known, problem: 'came back as its old incarnation' }
    return known
  },
}

const hang: Scene = {
  step: 'hang',
  act: cast => `SIGSTOP to ${hanging(cast).name}`,
  play: (cast, telling) => harm(cast, hanging(cast), actor => actor.freeze(), telling),
}

const comeBack: Scene = {
  step: 'return',
  act: cast => `SIGCONT to ${hanging(cast).name}`,
  play(cast, { deadlineMs }) {
    const sinceMs = Date.now()
    hanging(cast).thaw()
    return knownByAll(cast, { about: hanging(cast), sinceMs, deadlineMs, says: says('join', 'recover') })
  },
}

const goodbye: Scene = {
  step: 'goodbye',
  act: cast => `${leaving(cast).name} says goodbye`,
  async play(cast, { deadlineMs }) {
    const about = leaving(cast)
    const sinceMs = Date.now()
    about.leave()
    const known = await knownByAll(cast, { about, sinceMs, deadlineMs, says: says('leave') })
    const suspicion = firstSuspicion(cast, about, sinceMs)
    return suspicion ? { ...known, problem: `was suspected by ${suspicion.observer.name}` } : known
  },
}

// Windows has nothing like SIGSTOP.
const stopAndGo = process.platform === 'win32' ? [] : [hang, comeBack]

/** All are there; what comes is up to whoever watches. */
export const prologue: readonly Scene[] = [join]

export const scenes: readonly Scene[] = [...prologue, tag, crash, restart, ...stopAndGo, goodbye]

/** Does it, then waits until all know that the actor is dead, and tells of the first suspicion on the way. */
async function harm(
  cast: Cast,
  about: Actor,
  act: (actor: Actor) => void,
  { deadlineMs, suspected }: Telling,
): Promise<Outcome> {
  const sinceMs = Date.now()
  act(about)
  const known = knownByAll(cast, { about, sinceMs, deadlineMs, says: says('fail') })
  const isSuspected = () => firstSuspicion(cast, about, sinceMs) !== undefined
  await Promise.race([cast.until(isSuspected, deadlineMs - sinceMs), known])
  const suspicion = firstSuspicion(cast, about, sinceMs)
  if (!suspicion) return known
  const suspectedMs = suspicion.at - sinceMs
  suspected(suspectedMs)
  return { ...(await known), suspectedMs }
}

function firstSuspicion(cast: Cast, actor: Actor, sinceMs: number): Observation | undefined {
  return cast.since(sinceMs).find(({ event, name }) => event === 'suspect' && name === actor.name)
}

const says =
  (...events: readonly Observation['event'][]) =>
  ({ event }: Observation) =>
    events.includes(event)
