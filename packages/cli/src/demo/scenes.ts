/** Scenes: the demo's story. Each acts on real processes, then waits for what every other member says of it. */
import type { Actor } from './actor.ts'
import type { Cast, Observation } from './cast.ts'
import { type Known, knownByAll } from './known.ts'

export interface Scene {
  readonly step: 'join' | 'tag' | 'crash' | 'restart' | 'hang' | 'return' | 'goodbye'
  act(cast: Cast): string
  play(cast: Cast, deadlineMs: number): Promise<Outcome>
}

interface Outcome extends Known {
  readonly suspectedMs?: number
}

// The first member is never in trouble: the others come back through it. The same one may be in several scenes.
const host = ({ actors }: Cast): Actor => actors[0] as Actor
const actorOf = ({ actors }: Cast, scene: number): Actor => actors[1 + (scene % (actors.length - 1))] as Actor
const crashing = (cast: Cast) => actorOf(cast, 0)
const hanging = (cast: Cast) => actorOf(cast, 1)
const leaving = (cast: Cast) => actorOf(cast, 2)

const join: Scene = {
  step: 'join',
  act: cast => `${cast.actors.length} members start, and join through ${host(cast).name}`,
  async play(cast, deadlineMs) {
    const bootstrap = await cast.start(host(cast))
    const sinceMs = Date.now()
    await Promise.all(cast.actors.slice(1).map(actor => cast.start(actor, bootstrap)))
    const known = await Promise.all(
      cast.actors.map(actor => knownByAll(cast, actor, sinceMs, deadlineMs, says('join'))),
    )
    return slowest(known)
  },
}

const tag: Scene = {
  step: 'tag',
  act: cast => `${host(cast).name} sets a tag: task=rendering`,
  play(cast, deadlineMs) {
    const sinceMs = Date.now()
    host(cast).tell({ order: 'tag', key: 'task', value: 'rendering' })
    return knownByAll(
      cast,
      host(cast),
      sinceMs,
      deadlineMs,
      ({ event, tags }) => event === 'update' && tags['task'] === 'rendering',
    )
  },
}

const crash: Scene = {
  step: 'crash',
  act: cast => `SIGKILL to ${crashing(cast).name}`,
  play(cast, deadlineMs) {
    return detected(cast, crashing(cast), actor => actor.kill(), deadlineMs)
  },
}

const restart: Scene = {
  step: 'restart',
  act: cast => `${crashing(cast).name} starts again from its storage`,
  async play(cast, deadlineMs) {
    const actor = crashing(cast)
    const before = actor.identity
    const sinceMs = Date.now()
    const after = await cast.start(actor, host(cast).identity)
    const known = await knownByAll(cast, actor, sinceMs, deadlineMs, says('join'))
    if (after.id !== before?.id) return { ...known, problem: 'came back as somebody else' }
    if (after.incarnation <= before.incarnation)
      return { ...known, problem: 'came back under its old incarnation' }
    return known
  },
}

const hang: Scene = {
  step: 'hang',
  act: cast => `SIGSTOP to ${hanging(cast).name}`,
  play(cast, deadlineMs) {
    return detected(cast, hanging(cast), actor => actor.stop(), deadlineMs)
  },
}

const comeBack: Scene = {
  step: 'return',
  act: cast => `SIGCONT to ${hanging(cast).name}`,
  play(cast, deadlineMs) {
    const sinceMs = Date.now()
    hanging(cast).wake()
    return knownByAll(cast, hanging(cast), sinceMs, deadlineMs, says('join', 'recover'))
  },
}

const goodbye: Scene = {
  step: 'goodbye',
  act: cast => `${leaving(cast).name} says goodbye`,
  async play(cast, deadlineMs) {
    const actor = leaving(cast)
    const sinceMs = Date.now()
    actor.tell({ order: 'leave' })
    const known = await knownByAll(cast, actor, sinceMs, deadlineMs, says('leave'))
    const suspected = firstSuspicion(cast, actor, sinceMs)
    return suspected ? { ...known, problem: `suspected by ${suspected.observer.name}` } : known
  },
}

export const scenes: readonly Scene[] = [join, tag, crash, restart, hang, comeBack, goodbye]

const says =
  (...events: readonly Observation['event'][]) =>
  ({ event }: Observation) =>
    events.includes(event)

async function detected(
  cast: Cast,
  actor: Actor,
  harm: (actor: Actor) => void,
  deadlineMs: number,
): Promise<Outcome> {
  const sinceMs = Date.now()
  harm(actor)
  const known = await knownByAll(cast, actor, sinceMs, deadlineMs, says('fail'))
  const suspected = firstSuspicion(cast, actor, sinceMs)
  return { ...known, ...(suspected && { suspectedMs: suspected.at - sinceMs }) }
}

function firstSuspicion(cast: Cast, actor: Actor, sinceMs: number): Observation | undefined {
  return cast.since(sinceMs).find(({ event, name }) => event === 'suspect' && name === actor.name)
}

/** All that is known when the last of them is. */
function slowest(all: readonly Known[]): Known {
  const problem = all.find(known => known.problem)
  return problem ?? all.reduce((last, known) => ((known.allMs ?? 0) > (last.allMs ?? 0) ? known : last))
}
