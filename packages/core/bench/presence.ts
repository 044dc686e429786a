/**
 * Presence bench: how long a presence update takes to reach all other members, compared with raw gossipsub on
 * the same nodes.
 *
 * Many members run in one process, over TCP and Noise. The bench measures three actions in turn, and records
 * when each other member receives the result: a member publishes a message of the size of a presence update
 * on a raw topic; a member publishes the same message on a topic where each peer verifies the author's
 * signature before it forwards the message; a member sets its presence. The bench also compares the bytes
 * with the awareness of y-protocols for the same state. Progress on stderr, one JSON object on stdout.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type GossipSub, gossipsub, TopicValidatorResult } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { concat } from 'uint8arrays/concat'
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import { Doc } from 'yjs'
import { type Cluster, hearsay } from '../dist/index.js'

const { values } = parseArgs({
  options: { members: { type: 'string', default: '100' }, updates: { type: 'string', default: '100' } },
})
const members = Number(values.members)
const updates = Number(values.updates)
const rawTopic = 'raw'
const signedTopic = 'signed'
const signatureBytes = 64
const pauseMs = 250

interface Cursor {
  cursor: { x: number; y: number }
}

interface Member {
  readonly cluster: Cluster
  readonly pubsub: GossipSub
  stop(): Promise<void>
}

async function startMember(index: number, bootstrap: readonly string[]): Promise<Member> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    connectionManager: { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 256 },
    services: {
      identify: identify(),
      pubsub: gossipsub({
        globalSignaturePolicy: 'StrictNoSign',
        allowPublishToZeroTopicPeers: true,
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
      hearsay: hearsay({ cluster: 'bench', name: `m${index}`, bootstrap }),
    },
  })
  const { hearsay: cluster, pubsub } = node.services
  return { cluster, pubsub: pubsub as GossipSub, stop: async () => void (await node.stop()) }
}

async function startAll(): Promise<Member[]> {
  const first = await startMember(0, [])
  const all = [first]
  while (all.length < members) {
    const batch = Math.min(10, members - all.length)
    const started = Array.from({ length: batch }, (_, i) =>
      startMember(all.length + i, first.cluster.self.addresses),
    )
    all.push(...(await Promise.all(started)))
    await until(() => all.every(({ cluster }) => cluster.health.getSnapshot().visible === all.length))
    console.error(`${all.length} of ${members} members see each other`)
  }
  return all
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(50)
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

/**
 * Milliseconds from an update to its arrival at each other member. Members that do not receive it in time are
 * left out.
 */
async function spread(
  publish: () => void,
  onArrival: (arrived: () => void) => () => void,
): Promise<number[]> {
  const latenciesMs: number[] = []
  const startedMs = performance.now()
  const stop = onArrival(() => latenciesMs.push(performance.now() - startedMs))
  publish()
  const deadlineMs = startedMs + 5_000
  while (latenciesMs.length < members - 1 && performance.now() < deadlineMs) await pause(1)
  stop()
  return latenciesMs
}

function percentile(sorted: readonly number[], share: number): number {
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2))
}

interface Figures {
  readonly p50Ms: number
  readonly p99Ms: number
  /** The number of updates that a member did not receive within five seconds. */
  readonly lost: number
}

function figuresOf(rounds: readonly (readonly number[])[]): Figures {
  const sorted = rounds.flat().sort((a, b) => a - b)
  return {
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    lost: rounds.length * (members - 1) - sorted.length,
  }
}

/** The number of bytes that y-protocols sends for the same state. */
function awarenessBytes(state: Cursor): number {
  const awareness = new Awareness(new Doc())
  awareness.setLocalState(state)
  const { length } = encodeAwarenessUpdate(awareness, [awareness.clientID])
  awareness.destroy()
  return length
}

const all = await startAll()
const rooms = await Promise.all(all.map(({ cluster }) => cluster.room<Cursor>('bench')))
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
for (const { pubsub } of all) {
  pubsub.subscribe(rawTopic)
  pubsub.topicValidators.set(signedTopic, (_, { data }) =>
    verify(null, data.subarray(signatureBytes), publicKey, data.subarray(0, signatureBytes))
      ? TopicValidatorResult.Accept
      : TopicValidatorResult.Reject,
  )
  pubsub.subscribe(signedTopic)
}
await until(() => rooms.every(room => room.presence.others.getSnapshot().length === members - 1))
// The meshes form within a few of gossipsub's heartbeats.
await pause(5_000)

const publishedBytes: number[] = []
for (const { pubsub } of all) {
  const publish = pubsub.publish.bind(pubsub)
  pubsub.publish = (topic: string, data = new Uint8Array()) => {
    if (topic.includes('/space/')) publishedBytes.push(data.length)
    return publish(topic, data)
  }
}

const raw: number[][] = []
const signed: number[][] = []
const presence: number[][] = []
for (let round = 0; round < updates; round++) {
  const at = round % members
  const bytes = publishedBytes.at(-1) ?? 180
  const message = crypto.getRandomValues(new Uint8Array(bytes))
  const publish = async (topic: string, data: Uint8Array) =>
    await spread(
      () => void all[at]?.pubsub.publish(topic, data),
      arrived => {
        const received = (event: CustomEvent<{ topic: string }>) => {
          if (event.detail.topic === topic) arrived()
        }
        const others = all.filter((_, i) => i !== at)
        for (const { pubsub } of others) pubsub.addEventListener('message', received as never)
        return () => {
          for (const { pubsub } of others) pubsub.removeEventListener('message', received as never)
        }
      },
    )
  const publishRaw = async () => raw.push(await publish(rawTopic, message))
  const publishSigned = async () => {
    const payload = message.subarray(signatureBytes)
    signed.push(await publish(signedTopic, concat([sign(null, payload, privateKey), payload])))
  }
  const setPresence = async () =>
    presence.push(
      await spread(
        () => rooms[at]?.presence.set({ cursor: { x: round, y: 480 } }),
        arrived => {
          const others = rooms.filter((_, i) => i !== at)
          for (const room of others) room.presence.events.addEventListener('update', arrived)
          return () => {
            for (const room of others) room.presence.events.removeEventListener('update', arrived)
          }
        },
      ),
    )
  // The order of the actions changes with each round, because the caches are warm for the later actions.
  const acts = [publishRaw, publishSigned, setPresence]
  for (const act of [...acts.slice(round % acts.length), ...acts.slice(0, round % acts.length)]) {
    await act()
    await pause(pauseMs)
  }
  if ((round + 1) % 20 === 0) console.error(`${round + 1} of ${updates} updates`)
}

const ratio = (a: number, b: number): number => Number((a / b).toFixed(2))
const ratios = (ours: Figures, theirs: Figures) => ({
  p50: ratio(ours.p50Ms, theirs.p50Ms),
  p99: ratio(ours.p99Ms, theirs.p99Ms),
})
const figures = { presence: figuresOf(presence), raw: figuresOf(raw), signed: figuresOf(signed) }
const cursor = { cursor: { x: 640, y: 480 } }
console.log(
  JSON.stringify(
    {
      members,
      updates,
      presence: { ...figures.presence, bytes: publishedBytes.at(-1) },
      rawGossipsub: figures.raw,
      signedGossipsub: figures.signed,
      besideRaw: ratios(figures.presence, figures.raw),
      besideSigned: ratios(figures.presence, figures.signed),
      awarenessBytes: awarenessBytes(cursor),
    },
    null,
    2,
  ),
)
await Promise.all(all.map(member => member.stop()))
