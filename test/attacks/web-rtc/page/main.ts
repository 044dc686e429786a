/// <reference lib="dom" />
/** A page of strangers: makes uninvited joins when the kit asks for them, and reports what it counted and received. */

import type { Connection } from '@libp2p/interface'
import { prefixed, protocols } from '../../../../packages/core/src/libp2p/frame-stream.ts'
import { encodeHello } from '../../../../packages/core/src/wire/hello.ts'
import { clusterTag } from '../../../../packages/core/src/wire/tags.ts'
import { askAll } from '../../../../packages/core/test/integration/ask-all.ts'
import { type Proof, prove, replay } from '../../admission-proof.ts'
import { credentialsFor, type ProofKind, proofKinds } from '../../proof-kinds.ts'
import { relayRequest } from '../../scripts/relay-request.ts'
import { type Way, type WebRTCOrder, type WebRTCOutcome, ways } from '../order.ts'
import { isClosedWithin, PageStranger } from './page-stranger.ts'
import { receivedBytes } from './received-bytes.ts'

/** Our choice: few, because one machine runs all ends of all connections. */
const concurrency = 6
/** Our choice: longer than a member keeps a connection that is not admitted, which is 5 s on an idle machine. */
const patienceMs = 6_000

let order: WebRTCOrder
/** A request that a member accepted. */
let recorded: Uint8Array
const counted: Record<string, number> = {}

function count(what: string, by = 1): void {
  counted[what] = (counted[what] ?? 0) + by
}

async function runJoins(given: WebRTCOrder): Promise<WebRTCOutcome> {
  order = given
  recorded = await recordRequest()
  let next = order.from
  const work = async () => {
    while (next < order.to) await join(next++)
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { counted, received: receivedBytes() }
}

/** Asks all that a stranger can ask, over a circuit and over WebRTC. */
async function learn(given: WebRTCOrder): Promise<WebRTCOutcome> {
  order = given
  for (const way of ['open relay', 'signalling'] as const) {
    const stranger = await PageStranger.create(recordedPeers(way))
    const connection = await enter(stranger, way)
    if (connection) {
      await askAll(connection)
      count(`connections that asked, ${way}`)
      countLeft(await isClosedWithin(connection, patienceMs))
    }
    await stranger.stop()
  }
  return { counted, received: receivedBytes() }
}

async function join(index: number): Promise<void> {
  const kind = proofKinds[index % proofKinds.length] ?? 'no proof'
  const way = ways[Math.floor(index / proofKinds.length) % ways.length] ?? 'signalling'
  count('joins over WebRTC')
  count(kind)
  count(`by ${way}`)
  const stranger = await PageStranger.create(recordedPeers(way))
  try {
    const connection = await enter(stranger, way)
    if (!connection) count(`not connected by ${way}`)
    else {
      const { isAdmitted, isRefused } = await attempt(stranger, connection, way, kind)
      if (isAdmitted) count('got in')
      // By the other ways, the connection leads to the page.
      else if (way !== 'member relay') countLeft(isRefused)
    }
  } finally {
    await stranger.stop()
  }
}

/** The ids of the peers whose bytes a stranger records: honest members, unless a hostile member has the relayed connection. */
const recordedPeers = (way: Way): readonly string[] =>
  way === 'signalling' ? [] : [order.page, order.memberRelay.split('/p2p/')[1] ?? '']

const circuitAddress = (relay: string): string => `${relay}/p2p-circuit/p2p/${order.page}`
const webRTCAddress = (relay: string): string => `${relay}/p2p-circuit/webrtc/p2p/${order.page}`

/** The connection on which the stranger has to prove that it is a member. */
async function enter(stranger: PageStranger, way: Way): Promise<Connection | undefined> {
  const { credentials, memberRelay, openRelay } = order
  switch (way) {
    case 'member relay':
      return await stranger.dial(memberRelay)
    case 'open relay': {
      const circuit = await stranger.dial(circuitAddress(openRelay))
      if (circuit?.remoteAddr.toString().includes('/p2p-circuit')) count('circuits opened')
      return circuit
    }
    case 'signalling': {
      for (const address of [memberRelay, circuitAddress(memberRelay)]) {
        const connection = await stranger.dial(address)
        if (!connection || !(await prove(connection, credentials, stranger.id)).isAdmitted) return undefined
      }
      const connection = await stranger.dial(webRTCAddress(memberRelay))
      if (connection?.remoteAddr.toString().includes('/webrtc')) count('WebRTC connections opened')
      return connection
    }
  }
}

/** The member may not notice a connection that the stranger closes first. A page sees the end of WebRTC after 20 s. */
function countLeft(isRefused: boolean): void {
  if (!isRefused) count('connections to the page left before it refused them')
}

type Outcome = Pick<Proof, 'isAdmitted' | 'isRefused'>

async function attempt(
  stranger: PageStranger,
  connection: Connection,
  way: Way,
  kind: ProofKind,
): Promise<Outcome> {
  const proof = attemptProof(stranger, connection, kind)
  const others: Promise<boolean>[] = []
  if (way === 'member relay') {
    others.push(relayRequest(connection, { type: 'reserve' }).then(answer => answer === 'ok'))
    others.push(opens(stranger, webRTCAddress(order.memberRelay)))
  }
  if (way === 'open relay') others.push(opens(stranger, webRTCAddress(order.openRelay)))
  const { isAdmitted, isRefused } = await proof
  return { isAdmitted: isAdmitted || (await Promise.all(others)).includes(true), isRefused }
}

async function opens(stranger: PageStranger, address: string): Promise<boolean> {
  return (await stranger.dial(address)) !== undefined
}

async function attemptProof(
  stranger: PageStranger,
  connection: Connection,
  kind: ProofKind,
): Promise<Outcome> {
  const { credentials } = order
  if (kind === 'replayed proof') return await replay(connection, recorded)
  if (kind === 'no proof') return await sendHello(connection)
  return await prove(connection, credentialsFor(kind, credentials), stranger.id)
}

/** Sends a hello without a proof. A frame that arrives before the other end closes the connection counts as an admission. */
async function sendHello(connection: Connection): Promise<Outcome> {
  const hello = encodeHello({ cluster: clusterTag(order.credentials.cluster), epochMs: Date.now() })
  let isAdmitted = false
  try {
    const stream = await connection.newStream(protocols.sync, { signal: AbortSignal.timeout(3_000) })
    stream.addEventListener('message', () => {
      isAdmitted = true
    })
    stream.send(prefixed(hello))
  } catch {
    // The other end does not accept the stream.
  }
  const isRefused = await isClosedWithin(connection, patienceMs)
  return { isAdmitted, isRefused }
}

async function recordRequest(): Promise<Uint8Array> {
  const member = await PageStranger.create([])
  const connection = await member.dial(order.memberRelay)
  const proof: Proof | undefined = connection && (await prove(connection, order.credentials, member.id))
  await member.stop()
  if (!proof?.isAdmitted || !proof.request) throw new Error('a page with the secret was not admitted')
  return proof.request
}

const strangers = { runJoins, learn }
export type Strangers = typeof strangers

Object.assign(globalThis, { strangers })
