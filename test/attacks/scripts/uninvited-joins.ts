/**
 * Uninvited joins: peers without the secret try to become members, over each transport and with each kind of wrong proof.
 * A peer that records everything lists what a stranger learns.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { askAll } from '../../../packages/core/test/integration/ask-all.ts'
import { stranger } from '../../../packages/core/test/integration/stranger.ts'
import { replay } from '../admission-proof.ts'
import { confidentialIn, textsIn } from '../learned-bytes.ts'
import { credentialsFor, type ProofKind, proofKinds } from '../proof-kinds.ts'
import { RawPeer, type Target } from '../raw-peer.ts'
import { relayRequest } from './relay-request.ts'
import { range, type Script, type ScriptContext } from './script.ts'

/** How many peers try at the same time. */
const concurrency = 32
/** How long a peer that proves nothing waits for the relay. */
const patienceMs = 200
/** After this number of attempts, a new peer with another id replaces the peer. */
const joinsPerPeer = 10
const routes = ['TCP', 'WebSocket', 'relay'] as const

export const uninvitedJoins: Script = async context => {
  const { order, begin, learn } = context
  begin()
  learn(await learned(context))
  const replayed = await recordedProof(context)
  await Promise.all(
    range(concurrency).map(async worker => {
      let peers: Partial<Record<ProofKind, RawPeer>> = {}
      for (let i = worker; i < order.times; i += concurrency) {
        if (Math.floor(i / concurrency) % (joinsPerPeer * proofKinds.length) === 0) {
          await Promise.all(Object.values(peers).map(peer => peer.node.stop()))
          peers = {}
        }
        const proof = proofKinds[i % proofKinds.length] ?? 'no proof'
        const route = routes[Math.floor(i / proofKinds.length) % routes.length] ?? 'TCP'
        peers[proof] ??= await RawPeer.create(credentialsFor(proof, order.credentials))
        await attempt(context, peers[proof], { proof, route, replayed })
      }
    }),
  )
}

interface Attempt {
  readonly proof: ProofKind
  readonly route: (typeof routes)[number]
  /** A request that a member once accepted. */
  readonly replayed: Uint8Array
}

async function attempt({ order, count }: ScriptContext, peer: RawPeer, attempt: Attempt): Promise<void> {
  const { proof, route, replayed } = attempt
  const address = order.addresses.find(address => address.includes('/ws') === (route === 'WebSocket'))
  const connection = await peer.dial(address ?? '')
  count(`joins over ${route}`)
  count(proof)
  if (!connection) {
    count('not connected')
    return
  }
  const abort = (): boolean => {
    connection.abort(new Error('the attempt is over'))
    return false
  }
  const target = { ...order.targets[0], address: address ?? '' } as Target
  const requests: Promise<boolean>[] = []
  if (route === 'relay') {
    // Requests that wait for the admission are refused as soon as the proof is wrong.
    const peerId = order.targets[1]?.id ?? ''
    for (const request of [{ type: 'reserve' }, { type: 'connect', peer: peerId }] as const)
      requests.push(relayRequest(connection, request).then(answer => answer === 'ok'))
  }
  if (proof === 'replayed proof')
    requests.push(replay(connection, replayed).then(({ isAdmitted }) => isAdmitted))
  // Sends its record on a stream, as a member would, but sends no proof.
  else if (proof === 'no proof') await peer.sendFacts(target, [await peer.identity.record({ name: proof })])
  else requests.push(peer.prove(connection))
  if (proof === 'no proof' && route === 'relay') requests.push(sleep(patienceMs).then(() => abort()))
  if ((await Promise.all(requests)).includes(true)) count('got in')
  abort()
}

/** The request of a handshake that succeeded. Only this peer of the attack knows the secret. */
async function recordedProof({ order }: ScriptContext): Promise<Uint8Array> {
  const peer = await RawPeer.create(order.credentials)
  const connection = await peer.dial(order.targets[0]?.address ?? '')
  const request = connection && (await peer.prove(connection)) ? peer.lastRequest : undefined
  await peer.node.stop()
  if (!request) throw new Error('a peer with the secret was not admitted')
  return request
}

/** All texts that a stranger received over TCP and WebSocket. Counts the confidential values among them. */
async function learned({ order, count }: ScriptContext): Promise<string[]> {
  const { node, received } = await stranger()
  for (const address of order.addresses) await askAll(await node.dial(multiaddr(address)))
  const bytes = Buffer.from(received())
  await node.stop()
  count('bytes learned', bytes.length)
  count('confidential values learned', confidentialIn(bytes, order).length)
  return textsIn(bytes)
}
