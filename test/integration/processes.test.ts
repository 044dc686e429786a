/** Five `hearsay join` processes: whoever dies, the others keep each other. */
import { afterEach, describe, expect, it } from 'vitest'
import { Cluster } from '../processes/cluster.ts'
import { hearsay } from '../processes/hearsay.ts'
import type { Sighting } from '../processes/sightings.ts'
import type { Member, Subject } from '../processes/subject.ts'

let clusters = 0
let cluster: Cluster
let subject: Subject

async function startFive(): Promise<[Member, Member, ...Member[]]> {
  cluster = new Cluster()
  subject = hearsay('lan', `integration-${process.pid}-${clusters++}`)
  const { afterLastSpawnMs } = await cluster.join(subject, 5)
  expect(afterLastSpawnMs, 'everybody sees everybody').not.toBeNull()
  return cluster.members as [Member, Member, ...Member[]]
}

const told = (sinceMs: number, fits: (sighting: Sighting) => boolean) =>
  cluster.sightings.since(sinceMs).filter(fits)

describe('five processes', { timeout: 60_000 }, () => {
  afterEach(() => cluster.end())

  it('go on without the member that all of them joined through, and take in a new one', async () => {
    const [bootstrap, other] = await startFive()
    cluster.members.shift()
    const sinceMs = performance.now()
    const { fail } = await cluster.detect(bootstrap, 'SIGKILL')
    expect(fail.allMs, 'all others know').not.toBeNull()

    const newcomer = subject.start(5, (await other.ready).address, cluster.sightings)
    const welcomes = () => told(sinceMs, ({ event, member }) => event === 'join' && member === newcomer.name)
    const greetings = () =>
      told(
        sinceMs,
        ({ event, observer, member }) =>
          event === 'join' && observer === newcomer.name && member !== bootstrap.name,
      )
    await cluster.sightings.until(() => welcomes().length + greetings().length === 8, 30_000)
    cluster.members.push(newcomer)
    expect(welcomes()).toHaveLength(4)
    expect(greetings()).toHaveLength(4)
  })

  it('lose half of them at once, and nobody else', async () => {
    await startFive()
    const dying = cluster.members.splice(1, 2)
    const sinceMs = performance.now()
    const detections = await Promise.all(dying.map(member => cluster.detect(member, 'SIGKILL')))
    for (const { fail } of detections) expect(fail.allMs, 'all survivors know').not.toBeNull()
    expect(told(sinceMs, ({ event }) => event === 'fail')).toHaveLength(2 * 3)
  })
})
