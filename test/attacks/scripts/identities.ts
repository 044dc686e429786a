/** Attacks with records of identities that the attacker makes up. */
import { createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import type { SignedFact } from '../../../packages/core/src/wire/fact.ts'
import { ringHash } from '../../../packages/failure-detector/src/rings.ts'
import { Identity } from '../identity.ts'
import { RawPeer } from '../raw-peer.ts'
import { atRate, attackingPeer, entries, parts, range, type Script, type ScriptContext } from './script.ts'

/** In an earlier version, such a low rate of identities was enough to prevent the detection of crashes. */
const slowRate = 20
const manyIdentities = 22_000
const groundKeys = 10_000
const surroundingPeers = 16
const rings = 4
/** Identities in one message, each with its record and an introduction. */
const introducedPerRound = 200

export const madeUpIdentities: Script = async context => {
  const targets = entries(context)
  const peer = await attackingPeer(context, targets)
  context.begin()
  await atRate(slowRate, async () => {
    const fact = await (await Identity.create(peer.tag)).record()
    context.count('identities')
    await sendToAll(peer, context, [fact])
  })
}

export const manyMadeUpIdentities: Script = context => flood(context, identity => identity.record())

export const departedIdentities: Script = context =>
  flood(context, identity => identity.record({ leaving: true, leftEpochMs: Date.now() }))

/**
 * Sends identities that the attacker introduces and that name addresses, to the entries and to a member that starts again
 * meanwhile. A member that has just started knows no introducers, and accepts the members that its peers have.
 */
export const floodAcrossRestart: Script = async context => {
  const { order, count } = context
  const targets = order.returning ? [order.returning, ...entries(context)] : entries(context)
  const peer = await attackingPeer(context, targets)
  context.begin()
  await atRate(1, async round => {
    const facts: SignedFact[] = []
    for (const i of range(introducedPerRound)) {
      const identity = await Identity.create(peer.tag)
      const { id: subject, incarnation } = identity
      // Loopback addresses that no member has, another one for each identity.
      const address = multiaddr(`/ip4/127.1.${round % 256}.${i}/tcp/9`).bytes
      facts.push(await identity.record({ addresses: [address] }))
      facts.push(await peer.identity.fact({ type: 'introduction', subject, incarnation }))
    }
    count('identities', introducedPerRound)
    for (const target of targets) {
      // A member that has started again does not know the attacker any more.
      if (target === order.returning && !peer.isConnected(target.id)) await peer.join(target)
      if (await peer.sendFacts(target, facts)) count('sent', facts.length)
    }
  })
}

/** Records with 32 kB of fields that no version of hearsay knows. */
export const paddedRecords: Script = async context => {
  const peer = await attackingPeer(context, entries(context))
  // Field 100, length-delimited.
  const padding = Uint8Array.from([0xa2, 0x06, 0x80, 0xfa, 0x01, ...new Uint8Array(32_000)])
  context.begin()
  await atRate(100, async () => {
    const fact = await (await Identity.create(peer.tag)).record({}, padding)
    context.count('records')
    await sendToAll(peer, context, [fact])
  })
}

async function flood(
  context: ScriptContext,
  record: (identity: Identity) => Promise<SignedFact>,
): Promise<void> {
  const peer = await attackingPeer(context, entries(context))
  const facts: SignedFact[] = []
  for (const _ of range(manyIdentities)) facts.push(await record(await Identity.create(peer.tag)))
  context.begin()
  for (const part of parts(facts, 500)) {
    context.count('identities', part.length)
    await sendToAll(peer, context, part)
  }
}

/** Ids that are close to the victim on each ring, each with a connection to the victim. */
export const groundIds: Script = async context => {
  const { order, count, begin } = context
  const [, victim] = order.targets
  if (!victim) throw new Error('there is no victim')
  const probe = await RawPeer.create(order.credentials)
  const identities: Identity[] = []
  for (const _ of range(groundKeys)) identities.push(await Identity.create(probe.tag))
  const distance = ({ id }: Identity) =>
    Math.min(...range(rings).map(ring => Math.abs(ringHash(ring, id) - ringHash(ring, victim.id))))
  const nearest = identities
    .map(identity => ({ identity, near: distance(identity) }))
    .sort((a, b) => a.near - b.near)
    .slice(0, surroundingPeers)
  const peers = await Promise.all(
    nearest.map(({ identity }) => RawPeer.create(order.credentials, { identity })),
  )
  begin()
  await atRate(
    0.5,
    async () => {
      for (const peer of peers)
        if (peer.node.getConnections().length === 0) count('admitted', (await peer.join(victim)) ? 1 : 0)
    },
    Infinity,
  )
}

/** Records that name one host and port, and others at which nothing listens. Counts the dials of the members. */
export const thirdHost: Script = async context => {
  const { count } = context
  const byPort = new Map<number, number>()
  const listen = () =>
    new Promise<number>(resolve => {
      const server = createServer(socket => {
        const { port } = server.address() as { port: number }
        byPort.set(port, (byPort.get(port) ?? 0) + 1)
        count('dials')
        if (port === popular) count('dials of one port')
        socket.on('error', () => {})
        socket.destroy()
      })
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
  const popular = await listen()
  const others = await Promise.all(range(64).map(listen))
  const peer = await attackingPeer(context, entries(context))
  context.begin()
  await atRate(slowRate, async index => {
    const ports = [popular, ...range(3).map(i => others[(3 * index + i) % others.length])]
    const named = [`/dns4/localhost/tcp/${popular}`, `/dns4/localhost/tcp/${popular}/ws`]
    const addresses = [...ports.map(port => `/ip4/127.0.0.1/tcp/${port}`), ...named]
    const identity = await Identity.create(peer.tag)
    const fact = await identity.record({ addresses: addresses.map(address => multiaddr(address).bytes) })
    await sendToAll(peer, context, [fact])
  })
}

async function sendToAll(peer: RawPeer, context: ScriptContext, facts: readonly SignedFact[]): Promise<void> {
  for (const target of entries(context))
    if (await peer.sendFacts(target, facts)) context.count('sent', facts.length)
}
