/** Cluster: the running members of one subject, and all events that they reported. */
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuMs } from './cpu.ts'
import { type Detection, type Join, rounded, type Spread, type Start, spread } from './delays.ts'
import { type SightingEvent, Sightings } from './sightings.ts'
import type { Member, Ready, Subject } from './subject.ts'

const boundMs = 60_000
/** How long members that start may need until all see each other: 100 processes on two cores need more than a minute. */
const startBoundMs = (members: number): number => boundMs + members * 1_000
/**
 * How long the measurement continues after all members see each other. Members close unused connections
 * within 30 s, but do most of that work in the first 5 s.
 */
const settleMs = 5_000

export class Cluster {
  readonly sightings = new Sightings()
  /** Remove a member before you stop several members at once: it is then not expected to report events. */
  readonly members: Member[] = []

  /**
   * Starts members one after the other. Each starts when the previous member is ready. Then waits until each member has
   * reported all others.
   */
  async join(subject: Subject, size: number): Promise<Join> {
    let bootstrap: string | undefined
    let last: { member: Member; ready: Ready } | undefined
    for (let index = 0; index < size; index++) {
      const member = subject.start(index, bootstrap, this.sightings)
      this.members.push(member)
      last = { member, ready: await readyInTime(member) }
      bootstrap ??= last.ready.address
    }
    const pairs = size * (size - 1)
    await this.sightings.until(() => this.sightings.firstJoins().length === pairs, startBoundMs(size))
    const agreedAtMs = this.sightings.firstJoins()[pairs - 1]
    if (agreedAtMs === undefined || last === undefined)
      return { afterLastSpawnMs: null, afterLastReadyMs: null }
    return {
      afterLastSpawnMs: rounded(agreedAtMs - last.member.startedAtMs),
      afterLastReadyMs: rounded(Math.max(0, agreedAtMs - last.ready.atMs)),
    }
  }

  /**
   * Starts all members at the same instant, the first one included: the others know its address before it listens. Then
   * waits until each member has reported all others, and for `settleMs` more, so that the CPU time of the whole start counts.
   */
  async start(subject: Subject, size: number): Promise<Start> {
    const sinceMs = performance.now()
    for (let index = 0; index < size; index++)
      this.members.push(subject.start(index, index === 0 ? undefined : subject.firstAddress, this.sightings))
    const pairs = size * (size - 1)
    await this.sightings.until(() => this.sightings.firstJoins().length === pairs, startBoundMs(size))
    const agreedAtMs = this.sightings.firstJoins()[pairs - 1]
    const agreedCpuMs = this.#cpuMsPerMember()
    await sleep(settleMs)
    const reported = this.sightings.since(sinceMs)
    return {
      afterFirstSpawnMs: agreedAtMs === undefined ? null : rounded(agreedAtMs - sinceMs),
      cpuMsPerMemberAgreed: agreedCpuMs,
      cpuMsPerMemberSettled: this.#cpuMsPerMember(),
      suspected: reported.filter(({ event }) => event === 'suspect').length,
      declaredDead: reported.filter(({ event }) => event === 'fail').length,
    }
  }

  #cpuMsPerMember(): number {
    const total = this.members.reduce((sum, { pid }) => sum + cpuMs(pid), 0)
    return Math.round(total / this.members.length)
  }

  /** Sends the signal, then waits until all others have reported that the member is dead. */
  async detect(member: Member, signal: NodeJS.Signals): Promise<Detection> {
    const sinceMs = performance.now()
    const fail = await this.learn(member, signal, ['fail'])
    return { firstSuspectMs: rounded(this.sightings.delays(member.name, ['suspect'], sinceMs)[0]), fail }
  }

  /** Sends the signal, then waits until all others have reported one of these events about the member. */
  async learn(member: Member, signal: NodeJS.Signals, events: readonly SightingEvent[]): Promise<Spread> {
    const sinceMs = performance.now()
    const others = this.members.filter(other => other !== member).length
    const delays = () => this.sightings.delays(member.name, events, sinceMs)
    member.signal(signal)
    await this.sightings.until(() => delays().length >= others, boundMs)
    return spread(delays(), others)
  }

  async end(): Promise<void> {
    for (const member of this.members) member.signal('SIGKILL')
    await Promise.all(this.members.map(({ exited }) => exited))
  }
}

async function readyInTime(member: Member): Promise<Ready> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error(`${member.name} was not ready within ${boundMs} ms`)),
    boundMs,
  )
  return Promise.race([member.ready, late]).finally(() => clearTimeout(timer))
}
