/** Stop and go: a few members pause for 3 s in every 4 s. Counts how often healthy members are suspected because of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '../processes/cluster.ts'
import type { SightingEvent } from '../processes/sightings.ts'
import type { StopAndGo } from './figures.ts'

const stopping = 4
const rounds = 10
const stopMs = 3_000
const goMs = 1_000
/** Events that were in transit when the load ended count, too. */
const aftermathMs = 10_000

export async function stopAndGo({ members, sightings }: Cluster): Promise<StopAndGo> {
  const stopped = members.slice(-stopping)
  const names = new Set(stopped.map(({ name }) => name))
  const sinceMs = performance.now()
  for (let round = 0; round < rounds; round++) {
    for (const member of stopped) member.signal('SIGSTOP')
    await sleep(stopMs)
    for (const member of stopped) member.signal('SIGCONT')
    await sleep(goMs)
  }
  await sleep(aftermathMs)
  const count = (event: SightingEvent, wasStopped: boolean) =>
    sightings.since(sinceMs).filter(each => each.event === event && names.has(each.member) === wasStopped)
      .length
  return {
    healthyDeclaredDead: count('fail', false),
    healthySuspected: count('suspect', false),
    stoppedDeclaredDead: count('fail', true),
  }
}
