import type { GossipSub } from '@libp2p/gossipsub'
import { afterEach, expect, it, vi } from 'vitest'
import { clusterKeys, rumorTopic } from '../../src/wire/cluster-keys.ts'
import { joinMany, leaveAll, listenTo, untilAllSee } from './members.ts'

/** gossipsub has this property, but its type lacks it. */
type Meshed = GossipSub & { getMeshPeers(topic: string): string[] }

/** The pubsub services of all members, as joinCluster creates them. */
const pubsubs = vi.hoisted<Meshed[]>(() => [])

vi.mock('../../src/libp2p/gossipsub-options.ts', async importOriginal => {
  const { clusterPubsub } = await importOriginal<typeof import('../../src/libp2p/gossipsub-options.ts')>()
  const watched: typeof clusterPubsub = () => components => {
    const pubsub = clusterPubsub()(components)
    pubsubs.push(pubsub as Meshed)
    return pubsub
  }
  return { clusterPubsub: watched }
})

afterEach(leaveAll)

it('60 members join through one bootstrap member with default settings, and each has a gossipsub mesh', {
  // 18 s on an idle machine.
  timeout: 120_000,
}, async () => {
  const members = await joinMany('sixty', 60)
  const received = members.map(listenTo)
  await untilAllSee(members, 60)
  const topic = rumorTopic(clusterKeys('sixty'))
  expect(pubsubs.length).toBe(60)
  await vi.waitUntil(() => pubsubs.every(pubsub => pubsub.getMeshPeers(topic).length > 0), {
    timeout: 30_000,
    interval: 100,
  })
  expect(received.flat().filter(({ type }) => type === 'suspect' || type === 'fail')).toEqual([])
})
