import { setImmediate as turn } from 'node:timers/promises'
import type { Connection, MessageStream, Stream } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import { afterEach, expect, it, vi } from 'vitest'
import { encodeJoinMesh, rumorProtocol } from '../../../../test/attacks/gossip-rpc.ts'
import { RawPeer, type Target } from '../../../../test/attacks/raw-peer.ts'
import { MemberPubsub } from '../../src/libp2p/member-pubsub.ts'
import { clusterKeys, rumorTopic } from '../../src/wire/cluster-keys.ts'
import { join, leaveAll, untilAllSee } from './members.ts'

afterEach(async () => {
  vi.restoreAllMocks()
  await leaveAll()
})

const credentials = { cluster: 'slow-reader', secret: 'a secret of the test' }
const rumorBytes = 60_000
const maxBufferBytes = 64 * 65_536

interface Muxer {
  readonly maConn: MessageStream
}

function muxerOf(connection: Connection | undefined): Muxer {
  const { muxer }: { muxer?: Muxer } = Object(connection)
  if (!muxer) throw new Error('the connection has closed')
  return muxer
}

/** A member, and a peer that never reads its rumors. */
async function joinWithSlowReader() {
  const started = vi.spyOn(MemberPubsub.prototype, 'start')
  const member = await join({ ...credentials, name: 'member' })
  const [pubsub] = started.mock.contexts
  if (!(pubsub instanceof MemberPubsub)) throw new Error('the member has no pubsub')
  const { gossipsub } = pubsub
  const { id, name, addresses, incarnation } = member.self
  const target: Target = { id, name, address: addresses[0] ?? '', incarnation }
  const peer = await RawPeer.create(credentials)
  await peer.node.unhandle(rumorProtocol)
  await peer.node.handle(rumorProtocol, stream => stream.pause())
  await peer.join(target)
  const topic = rumorTopic(clusterKeys(credentials.cluster, credentials.secret))
  await peer.sendRpc(target, encodeJoinMesh(topic))
  const self = peer.identity.id
  await vi.waitUntil(() => gossipsub.getSubscribers(topic).map(String).includes(self), 10_000)
  const { streamsOutbound }: { streamsOutbound: Map<string, object> } = Object(gossipsub)
  const { rawStream }: { rawStream?: Stream } = Object(streamsOutbound.get(self))
  if (!rawStream) throw new Error('the member has no stream to the peer')
  const publish = () => gossipsub.publish(topic, crypto.getRandomValues(new Uint8Array(rumorBytes)))
  const { components }: { components: { connectionManager: ConnectionManager } } = Object(gossipsub)
  const ownEnd = () => muxerOf(components.connectionManager.getConnections()[0]).maConn
  return { member, peer, rawStream, streamsOutbound, publish, ownEnd }
}

it('a member closes the connection to a peer that never reads its rumors', { timeout: 60_000 }, async () => {
  const { member, peer, rawStream, streamsOutbound, publish } = await joinWithSlowReader()
  let maxBytes = 0
  let published = 0
  while (rawStream.status === 'open' && published < 200) {
    await publish()
    maxBytes = Math.max(maxBytes, rawStream.writeBufferLength)
    published += 1
  }
  expect(maxBytes).toBeGreaterThan(maxBufferBytes / 2)
  expect(maxBytes).toBeLessThanOrEqual(maxBufferBytes)
  expect([rawStream.status, rawStream.writeBufferLength]).toEqual(['aborted', 0])
  expect(streamsOutbound.size).toBe(0)

  await vi.waitUntil(() => !peer.isConnected(member.self.id), 20_000)
  const newcomer = await join({ ...credentials, name: 'newcomer', bootstrap: member.self.addresses })
  await untilAllSee([newcomer], 2)
  await peer.node.stop()
})

it('a member leaves although a peer has not read its rumors', { timeout: 60_000 }, async () => {
  const { member, peer, rawStream, publish } = await joinWithSlowReader()
  for (let i = 0; i < 10; i++) await publish()
  expect(rawStream.writeBufferLength).toBeGreaterThan(0)
  await member.leave()
  await peer.node.stop()
})

/** A ping of yamux: version, type, flags (SYN), stream id and ping id. */
const ping = [0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
const pings = Uint8Array.from(Array.from({ length: 4_000 }, () => ping).flat())

it('a member does not collect the answers to the pings of a peer that does not read', {
  timeout: 60_000,
}, async () => {
  const { peer, ownEnd } = await joinWithSlowReader()
  const { maConn } = muxerOf(peer.node.getConnections()[0])
  // On a slow machine the member closes this connection before the loop has ended, because the peer does not answer.
  const end = ownEnd()
  maConn.pause()
  let maxBytes = 0
  let hasNeededDrain = false
  for (let i = 0; i < 50; i++) {
    if (maConn.status === 'open') maConn.send(pings)
    await turn()
    maxBytes = Math.max(maxBytes, end.writeBufferLength)
    hasNeededDrain ||= end.writableNeedsDrain
  }
  expect(hasNeededDrain).toBe(true)
  expect(maxBytes).toBeLessThan(262_144)
  await peer.node.stop()
})
