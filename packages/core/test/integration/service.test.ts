import { generateKeyPair } from '@libp2p/crypto/keys'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { InvalidOptionsError } from '../../src/api/errors.ts'
import type { HearsayInit } from '../../src/libp2p/hearsay-options.ts'
import { hearsay } from '../../src/libp2p/node/platform.ts'
import { alive, joinMany, leaveAll, listenTo, loopback, untilAllSee } from './members.ts'

const nodes: { stop(): void | Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(nodes.splice(0).map(node => node.stop()))
  await leaveAll()
})

/** A node of the app, with other settings than those of joinCluster. */
async function createNode(init: HearsayInit) {
  const node = await createLibp2p({
    addresses: { listen: [loopback] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { hearsay: hearsay(init) },
  })
  nodes.push(node)
  return node
}

describe('hearsay on a libp2p node of the app', { timeout: 60_000 }, () => {
  it('is a member like those of joinCluster, and leaves when the node stops', async () => {
    const members = await joinMany('service', 3)
    const bootstrap = members[0].self.addresses
    const node = await createNode({ cluster: 'service', name: 'app', bootstrap })
    const { hearsay: cluster } = node.services
    await untilAllSee([...members, cluster], 4)
    expect(cluster.self).toMatchObject({ id: node.peerId.toString(), name: 'app' })
    const received = members.map(listenTo)
    await node.stop()
    await untilAllSee(members, 3)
    for (const events of received) expect(events).toMatchObject([{ type: 'leave', name: 'app' }])
  })

  it('is a member again when the node starts again, and leaves again', async () => {
    const members = await joinMany('again', 2)
    const node = await createNode({ cluster: 'again', name: 'app', bootstrap: members[0].self.addresses })
    const { hearsay: cluster } = node.services
    await untilAllSee([...members, cluster], 3)
    const { incarnation } = cluster.self
    await node.stop()
    await untilAllSee(members, 2)

    await node.start()
    await untilAllSee([...members, cluster], 3)
    expect(cluster.self.incarnation).toBeGreaterThan(incarnation)
    expect(cluster.self.addresses).not.toEqual([])
    cluster.update({ tags: { run: 'second' } })
    const received = members.map(listenTo)
    await node.stop()
    await untilAllSee(members, 2)
    for (const events of received) expect(events.map(({ type }) => type)).not.toContain('fail')
  })

  it('finds the members over connections that the app opened earlier', async () => {
    const [first] = await joinMany('earlier', 2)
    const node = await createNode({ cluster: 'earlier', name: 'app' })
    const { multiaddr } = await import('@multiformats/multiaddr')
    await node.dial(first.self.addresses.map(address => multiaddr(address)))
    await untilAllSee([first, node.services.hearsay], 3)
    expect(alive(first.members.getSnapshot()).map(({ name }) => name)).toContain('app')
  })

  it('replaces a connection on which gossipsub stopped sending', async () => {
    const [first] = await joinMany('silent', 2)
    const node = await createNode({ cluster: 'silent', name: 'app', bootstrap: first.self.addresses })
    const { hearsay: cluster } = node.services
    await untilAllSee([first, cluster], 3)
    const rumorStreams = () =>
      node
        .getConnections(peerIdFromString(first.self.id))
        .flatMap(({ streams }) => streams)
        .filter(({ direction, protocol }) => direction === 'outbound' && protocol.startsWith('/meshsub/'))
    await vi.waitUntil(() => rumorStreams().length > 0, { timeout: 10_000 })
    for (const stream of rumorStreams()) stream.abort(new Error('the network did it'))
    await vi.waitUntil(() => rumorStreams().length === 0, { timeout: 10_000 })
    await vi.waitUntil(() => rumorStreams().length > 0, { timeout: 40_000 })
    expect(cluster.health.getSnapshot().problems).toContainEqual({
      name: 'silent-connections',
      text: expect.stringContaining('carried no gossip'),
    })
    expect(alive(first.members.getSnapshot())).toHaveLength(3)
  })

  it('rejects a node whose key is not Ed25519', async () => {
    const node = createLibp2p({
      privateKey: await generateKeyPair('secp256k1'),
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { hearsay: hearsay({ cluster: 'service' }) },
    })
    await expect(node).rejects.toThrow(InvalidOptionsError)
  })
})
