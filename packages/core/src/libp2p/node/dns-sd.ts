/**
 * DNS-SD: encodes and decodes queries for a service and their answers, in libp2p's format for multicast DNS.
 *
 * Packets may come from any host: unreadable ones are ignored.
 *
 * @see https://github.com/libp2p/specs/blob/master/discovery/mdns.md
 */

import type { PeerInfo } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { type Answer, decode, encode } from 'dns-packet'

/** Our choice: more than a member has addresses. */
const maxTexts = 64
/** RFC 6763, section 6.1. */
const maxTextBytes = 255
const ttlS = 120
/** RFC 1035, sections 4.1.1 to 4.1.3: the header, and a question and a record with the shortest name. */
const headerBytes = 12
const leastQuestionBytes = 5
const leastRecordBytes = 11
const prefix = 'dnsaddr='

export type LocalPacket =
  | { readonly type: 'query' }
  /** The addresses of `peers` do not contain the peer id. */
  | { readonly type: 'answer'; readonly peers: readonly PeerInfo[] }

export function encodeQuery(service: string): Uint8Array {
  return encode({ type: 'query', questions: [{ name: service, type: 'PTR' }] })
}

/**
 * @param instance a name that only this member uses
 * @param addresses multiaddrs that end with the member's id
 */
export function encodeAnswer(service: string, instance: string, addresses: readonly string[]): Uint8Array {
  const name = `${instance}.${service}`
  const texts = addresses.map(address => prefix + address).filter(text => text.length <= maxTextBytes)
  return encode({
    type: 'response',
    answers: [
      { type: 'PTR', name: service, data: name, ttl: ttlS },
      ...texts.map(data => ({ type: 'TXT', name, data, ttl: ttlS }) as const),
    ],
  })
}

/** Undefined: the packet is unreadable or for another service. */
export function decodeLocal(bytes: Uint8Array, service: string): LocalPacket | undefined {
  if (!hasSpaceForRecords(bytes)) return undefined
  try {
    const { type, questions = [], answers = [], additionals = [] } = decode(Buffer.from(bytes))
    if (type === 'query') return questions.some(({ name }) => name === service) ? { type } : undefined
    if (!answers.some(answer => answer.type === 'PTR' && answer.name === service)) return undefined
    return { type: 'answer', peers: peersOf([...answers, ...additionals].flatMap(textsOf)) }
  } catch {
    return undefined
  }
}

/**
 * Whether the packet is long enough for the records that its header announces. The decoder reserves memory for all of them
 * before it reads the first one.
 */
function hasSpaceForRecords(bytes: Uint8Array): boolean {
  if (bytes.length < headerBytes) return false
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes)
  const [questions = 0, ...records] = [4, 6, 8, 10].map(offset => header.getUint16(offset))
  const least =
    questions * leastQuestionBytes + records.reduce((sum, count) => sum + count * leastRecordBytes, 0)
  return headerBytes + least <= bytes.length
}

function textsOf(answer: Answer): string[] {
  if (answer.type !== 'TXT') return []
  return [answer.data].flat().map(String)
}

function peersOf(texts: readonly string[]): PeerInfo[] {
  const peers = new Map<string, PeerInfo>()
  for (const text of texts.slice(0, maxTexts)) {
    if (!text.startsWith(prefix)) continue
    const address = multiaddr(text.slice(prefix.length))
    const id = address.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
    if (id === undefined) continue
    const { multiaddrs } = peers.get(id) ?? { multiaddrs: [] }
    peers.set(id, {
      id: peerIdFromString(id),
      multiaddrs: [...multiaddrs, address.decapsulateCode(CODE_P2P)],
    })
  }
  return [...peers.values()]
}
