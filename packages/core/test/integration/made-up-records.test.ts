import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/api/cluster.ts'
import { hearsay } from '../../src/index.ts'
import { prefixed, protocols } from '../../src/libp2p/frame-stream.ts'
import { nodeKeys } from '../../src/libp2p/node/keys.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import { datastoreKeyValues } from '../../src/storage/datastore-key-values.ts'
import { memberStorage } from '../../src/storage/member-storage.ts'
import { encodeSync, syncMessage } from '../../src/wire/codec.ts'
import { draftFact, type SignedFact } from '../../src/wire/fact.ts'
import { encodeHello } from '../../src/wire/hello.ts'
import { signedBytes } from '../../src/wire/signing.ts'
import { clusterTag } from '../../src/wire/tags.ts'
import { join, leaveAll, untilAllSee } from './members.ts'

const cluster = 'made-up'
const tag = clusterTag(cluster)
/** How long the hostile member sends. Less than the 65 s after which one host and port may be dialled a third time. */
const attackMs = 20_000
const recordsPerSecond = 20

const nodes: Libp2p[] = []
const servers: Server[] = []

afterEach(async () => {
  await leaveAll()
  await Promise.all(nodes.splice(0).map(node => node.stop()))
  for (const server of servers.splice(0)) server.close()
})

/** A host that has nothing to do with the cluster: it counts the connections to its ports, and ends them. */
class ThirdHost {
  readonly #dials = new Map<number, number>()

  async listen(): Promise<number> {
    const server = createServer(socket => {
      this.#dials.set(port, this.dials(port) + 1)
      socket.on('error', () => {})
      socket.destroy()
    })
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    return port
  }

  /** The number of connections to one port, or to all of them. */
  dials(port?: number): number {
    if (port !== undefined) return this.#dials.get(port) ?? 0
    return [...this.#dials.values()].reduce((sum, dials) => sum + dials, 0)
  }
}

/** A member that sends the victim records of identities that it makes up. */
class HostileMember {
  readonly #send: (facts: readonly SignedFact[]) => void

  private constructor(send: (facts: readonly SignedFact[]) => void) {
    this.#send = send
  }

  static async connectTo(victim: Cluster): Promise<HostileMember> {
    const [bootstrap = ''] = victim.self.addresses
    const node = await createLibp2p({
      transports: [tcp()],
      // Only the dials of the victim count.
      connectionGater: { denyDialMultiaddr: address => !bootstrap.startsWith(address.toString()) },
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { hearsay: hearsay({ cluster, name: 'hostile', bootstrap: [bootstrap] }) },
    })
    nodes.push(node)
    await untilAllSee([victim], 2)
    const [connection] = node.getConnections()
    if (!connection) throw new Error('the hostile member is not connected')
    const stream = await connection.newStream(protocols.sync)
    stream.send(prefixed(encodeHello({ cluster: tag, epochMs: Date.now() })))
    return new HostileMember(facts => void stream.send(prefixed(encodeSync(syncMessage({ facts })))))
  }

  /** Sends records at a constant rate. @param addresses the addresses in the record of each next identity */
  async sendRecords(addresses: (index: number) => readonly string[]): Promise<void> {
    const startMs = performance.now()
    for (let i = 0; performance.now() - startMs < attackMs; i++) {
      this.#send([await madeUpRecord(addresses(i))])
      await sleep(1_000 / recordsPerSecond)
    }
  }
}

async function madeUpRecord(addresses: readonly string[]): Promise<SignedFact> {
  const key = await generateKeyPair('Ed25519')
  const incarnation = Date.now()
  const record = {
    ...firstRecord({ name: 'made up', tags: {}, incarnation }),
    addresses: addresses.map(address => multiaddr(address).bytes),
  }
  const draft = draftFact(peerIdFromPrivateKey(key).toString(), { type: 'record', record })
  return { ...draft, signature: await nodeKeys(key).sign(signedBytes(tag, draft)) }
}

/** The dials that are allowed: a burst of 8, and one a second. */
async function withLimit(attack: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await attack()
  return 8 + Math.ceil((performance.now() - startMs) / 1_000)
}

describe('made-up records', { timeout: 120_000 }, () => {
  it('cause at most one dial a second, and two of one host and port in a minute', async () => {
    const victim = await join({ cluster, name: 'victim' })
    const hostile = await HostileMember.connectTo(victim)
    const third = new ThirdHost()
    const popular = await third.listen()
    const ports = await Promise.all(Array.from({ length: 64 }, () => third.listen()))
    const limit = await withLimit(() =>
      hostile.sendRecords(i => {
        const others = [0, 1, 2].map(k => `/ip4/127.0.0.1/tcp/${ports[(3 * i + k) % ports.length]}`)
        return [`/ip4/127.0.0.1/tcp/${popular}`, ...others]
      }),
    )
    expect(third.dials(popular)).toBeGreaterThan(0)
    expect(third.dials(popular)).toBeLessThanOrEqual(2)
    for (const port of ports) expect(third.dials(port)).toBeLessThanOrEqual(2)
    expect(third.dials()).toBeGreaterThan(2)
    expect(third.dials()).toBeLessThanOrEqual(limit)
    expect(victim.members.getSnapshot().length).toBeGreaterThan(50)
  })

  it('cause no dial of a name, or of a loopback address from elsewhere', async () => {
    // Listens on all addresses, so a loopback address in a record leads to this computer instead of the member's.
    const victim = await join({ cluster, name: 'victim', listen: ['/ip4/0.0.0.0/tcp/0'] })
    const isAlone = victim.self.addresses.every(address => address.startsWith('/ip4/127.'))
    const hostile = await HostileMember.connectTo(victim)
    const third = new ThirdHost()
    const port = await third.listen()
    await hostile.sendRecords(i => {
      const named = [`/dns4/localhost/tcp/${port}`, `/dns4/localhost/tcp/${port}/ws`]
      const local = [`/ip4/127.0.0.1/tcp/${port}`, `/ip4/127.0.0.${2 + (i % 200)}/tcp/${port}`]
      return isAlone ? named : [...named, ...local]
    })
    expect(third.dials()).toBe(0)
    expect(victim.members.getSnapshot().length).toBeGreaterThan(50)
  })

  it('cause no more dials after a restart, from the stored addresses', async () => {
    const storage = new MemoryDatastore()
    const third = new ThirdHost()
    const popular = await third.listen()
    const ports = await Promise.all(Array.from({ length: 64 }, () => third.listen()))
    const ids = await Promise.all(
      Array.from({ length: 256 }, async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))),
    )
    const stored = ids.map((id, i) => {
      const place = i % 4 === 0 ? 'dns4/localhost' : 'ip4/127.0.0.1'
      return `/${place}/tcp/${i % 4 === 1 ? popular : ports[i % ports.length]}/p2p/${id}`
    })
    await datastoreKeyValues(storage).write([memberStorage(storage, tag).cachedPeers.change(stored)])
    const limit = await withLimit(async () => {
      await join({ cluster, name: 'restarted', storage })
      await sleep(attackMs)
    })
    expect(third.dials(popular)).toBeLessThanOrEqual(2)
    expect(third.dials()).toBeGreaterThan(2)
    expect(third.dials()).toBeLessThanOrEqual(limit)
  })
})
