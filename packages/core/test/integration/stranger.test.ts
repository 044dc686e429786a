import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import { toString as toText } from 'uint8arrays/to-string'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Cluster } from '../../src/api/cluster.ts'
import { clusterKeys, rumorTopic, spaceTopic } from '../../src/wire/cluster-keys.ts'
import { clusterTag, spaceTag } from '../../src/wire/tags.ts'
import { askAll } from './ask-all.ts'
import { join, leaveAll, loopback, untilAllSee } from './members.ts'
import { stranger } from './stranger.ts'

const cluster = 'atlas-of-secrets'
const secret = 'a secret of sixteen or more characters'

const nodes: Libp2p[] = []

afterEach(async () => {
  await Promise.all(nodes.splice(0).map(node => node.stop()))
  await leaveAll()
})

async function startStranger(...given: Parameters<typeof stranger>) {
  const started = await stranger(...given)
  nodes.push(started.node)
  return started
}

/** Two members in a room, each with names and addresses that appear in nothing else. */
async function twoMembers(options: { secret?: string }): Promise<[Cluster, Cluster]> {
  const listen = [loopback, `${loopback}/ws`]
  const ada = await join({ cluster, ...options, name: 'ada-lovelace', tags: { role: 'countess' }, listen })
  const bob = await join({ cluster, ...options, name: 'bob-marley', bootstrap: ada.self.addresses, listen })
  const rooms = await Promise.all([ada, bob].map(member => member.room('the-design-room')))
  rooms[0]?.presence.set({ cursor: 'presence-of-ada' })
  await untilAllSee([ada, bob], 2)
  return [ada, bob]
}

/** Everything about the cluster that a stranger must not learn, in the forms in which it might be sent. */
function confidential(members: readonly Cluster[], options: { secret?: string }): string[] {
  const tag = clusterTag(cluster)
  const room = spaceTag(tag, 'room', 'the-design-room')
  const keys = clusterKeys(cluster, options.secret)
  const texts = [
    cluster,
    secret,
    'ada-lovelace',
    'bob-marley',
    'countess',
    'the-design-room',
    'presence-of-ada',
    toText(tag, 'base32').slice(0, 8),
    toText(tag, 'base16'),
    room,
    rumorTopic(keys),
    spaceTopic(keys, room),
    keys.discovery,
    ...members.flatMap(({ self }) => self.addresses),
  ]
  const addresses = members.flatMap(({ self }) => self.addresses.map(address => multiaddr(address)))
  const bytes = [
    tag,
    Buffer.from(room, 'hex'),
    keys.admission,
    keys.topics,
    ...addresses.map(address => address.decapsulate('/p2p').bytes),
  ]
  return [...texts.map(text => Buffer.from(text)), ...bytes].map(each => Buffer.from(each).toString('hex'))
}

function found(received: Uint8Array, what: readonly string[]): string[] {
  const hex = Buffer.from(received).toString('hex')
  return what.filter(each => hex.includes(each)).map(each => Buffer.from(each, 'hex').toString('latin1'))
}

describe.each([
  ['with a secret', { secret }],
  ['without a secret', {}],
])('a cluster %s', { timeout: 60_000 }, (_, options) => {
  it('shows nothing of itself to a peer that dials a member', async () => {
    const members = await twoMembers(options)
    const { node, received } = await startStranger()
    for (const member of members)
      for (const address of member.self.addresses) {
        // A member closes the connection as soon as an attempt fails.
        const connection = await node.dial(multiaddr(address))
        await askAll(connection)
      }
    expect(found(received(), confidential(members, options))).toEqual([])
    expect(members.map(member => member.members.getSnapshot().length)).toEqual([2, 2])
  })

  it('shows nothing of itself to a peer that a member dials', async () => {
    const { node, received } = await startStranger()
    const bootstrap = node.getMultiaddrs().map(String)
    const member = await join({ cluster, ...options, name: 'ada-lovelace', bootstrap })
    await vi.waitUntil(() => member.health.getSnapshot().refusedConnections > 0, { timeout: 20_000 })
    expect(received().length).toBeGreaterThan(0)
    expect(found(received(), confidential([member], options))).toEqual([])
  })

  it('shows everything to a member, which proves that the recording works', async () => {
    const members = await twoMembers(options)
    const { node, received } = await startStranger({
      cluster,
      ...options,
      bootstrap: members[0].self.addresses,
    })
    const all = confidential(members, options)
    const expected = ['ada-lovelace', 'bob-marley', 'countess']
    await vi.waitUntil(() => expected.every(each => found(received(), all).includes(each)), {
      timeout: 20_000,
      interval: 100,
    })
    expect(node.getConnections().length).toBeGreaterThan(0)
  })
})
