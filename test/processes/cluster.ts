/** Cluster: the members of one subject that run now, and all that they told. */
import { type Detection, type Join, rounded, type Spread, spread } from './delays.ts'
import { type SightingEvent, Sightings } from './sightings.ts'
import type { Member, Ready, Subject } from './subject.ts'

const boundMs = 60_000

export class Cluster {
  readonly sightings = new Sightings()
  /** Take one out before harming several at once: it is not asked about the others then. */
  readonly members: Member[] = []

  /** One after the other, each as soon as the one before is ready; then until each has told of all others. */
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
    await this.sightings.until(() => this.sightings.firstJoins().length === pairs, boundMs)
    const agreedAtMs = this.sightings.firstJoins()[pairs - 1]
    if (agreedAtMs === undefined || last === undefined)
      return { afterLastSpawnMs: null, afterLastReadyMs: null }
    return {
      afterLastSpawnMs: rounded(agreedAtMs - last.member.startedAtMs),
      afterLastReadyMs: rounded(Math.max(0, agreedAtMs - last.ready.atMs)),
    }
  }

  /** Sends the signal, then waits until all others have told that the member is dead. */
  async detect(member: Member, signal: NodeJS.Signals): Promise<Detection> {
    const sinceMs = performance.now()
    const fail = await this.learn(member, signal, ['fail'])
    return { firstSuspectMs: rounded(this.sightings.delays(member.name, ['suspect'], sinceMs)[0]), fail }
  }

  /** Sends the signal, then waits until all others have told one of the events of the member. */
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
    await Promise.all(this.members.map(({ gone }) => gone))
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
