import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, describe, expect, it } from 'vitest'
import { type HearsayInit, hearsay } from '../../src/index.ts'
import { join, leaveAll, loopback, untilAllSee } from './members.ts'

const secret = 'a secret of sixteen or more characters'
const nodes: Libp2p[] = []

afterEach(async () => {
  await Promise.all(nodes.splice(0).map(node => node.stop()))
  await leaveAll()
})

/** A node that can use relays, and that is a member if there are options for one. */
async function createNode(listen: string, member?: HearsayInit) {
  const node = await createLibp2p({
    addresses: { listen: [listen] },
    transports: [tcp(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), ...(member && { hearsay: hearsay(member) }) },
  })
  nodes.push(node)
  return node
}

describe.each([
  ['with a secret', { secret }],
  ['without a secret', {}],
])('the relay of a cluster %s', { timeout: 60_000 }, (_, options) => {
  it('serves members, and no stranger', async () => {
    const cluster = { cluster: 'atlas', ...options }
    const relay = await join({ ...cluster, name: 'relay', relay: true, listen: [loopback] })
    const [address = ''] = relay.self.addresses
    const circuit = `${address}/p2p-circuit`

    await expect(createNode(circuit)).rejects.toThrow(/listen/i)

    const member = await createNode(circuit, { ...cluster, name: 'behind the relay' })
    const reserved = member.getMultiaddrs().map(String)
    expect(reserved).toEqual([`${circuit}/p2p/${member.peerId}`])

    const stranger = await createNode(loopback)
    const throughRelay = multiaddr(reserved[0] ?? '')
    await expect(stranger.dial(throughRelay)).rejects.toThrow()

    const other = await createNode(loopback, { ...cluster, name: 'other', bootstrap: [address] })
    if (!other.services.hearsay) throw new Error('the node has no member')
    await untilAllSee([relay, other.services.hearsay], 3)
    const connection = await other.dial(throughRelay)
    expect(connection.limits).toBeDefined()
    expect(other.services.hearsay.health.getSnapshot().refusedConnections).toBe(0)
    expect(relay.health.getSnapshot().refusedConnections).toBeGreaterThan(0)
  })
})
