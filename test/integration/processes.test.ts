/** Five `hearsay join` processes: when some die, the others stay connected. */
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
  expect(afterLastSpawnMs, 'all members see each other').not.toBeNull()
  return cluster.members as [Member, Member, ...Member[]]
}

const sightingsSince = (sinceMs: number, fits: (sighting: Sighting) => boolean) =>
  cluster.sightings.since(sinceMs).filter(fits)

describe('five processes', { timeout: 60_000 }, () => {
  afterEach(() => cluster.end())

  it('stay connected without the member that all of them joined through, and accept a new one', async () => {
    const [bootstrap, other] = await startFive()
    cluster.members.shift()
    const sinceMs = performance.now()
    const { fail } = await cluster.detect(bootstrap, 'SIGKILL')
    expect(fail.allMs, 'all others know').not.toBeNull()

    const newcomer = subject.start(5, (await other.ready).address, cluster.sightings)
    const welcomes = () =>
      sightingsSince(sinceMs, ({ event, member }) => event === 'join' && member === newcomer.name)
    const greetings = () =>
      sightingsSince(
        sinceMs,
        ({ event, observer, member }) =>
          event === 'join' && observer === newcomer.name && member !== bootstrap.name,
      )
    await cluster.sightings.until(() => welcomes().length + greetings().length === 8, 30_000)
    cluster.members.push(newcomer)
    expect(welcomes()).toHaveLength(4)
    expect(greetings()).toHaveLength(4)
  })

  it('declare the half of them that dies at once dead, and no other member', async () => {
    await startFive()
    const dying = cluster.members.splice(1, 2)
    const sinceMs = performance.now()
    const detections = await Promise.all(dying.map(member => cluster.detect(member, 'SIGKILL')))
    for (const { fail } of detections) expect(fail.allMs, 'all survivors know').not.toBeNull()
    expect(sightingsSince(sinceMs, ({ event }) => event === 'fail')).toHaveLength(2 * 3)
  })
})
