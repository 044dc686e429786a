/** Other targets: what arrives outside of hearsay's protobuf messages: local discovery, JSON and signatures. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import fc from 'fast-check'
import { FrameBudget } from '../../packages/core/src/libp2p/frame-budget.ts'
import { readFrames } from '../../packages/core/src/libp2p/frame-reader.ts'
import { prefixed } from '../../packages/core/src/libp2p/frame-stream.ts'
import { decodeLocal, encodeAnswer, encodeQuery } from '../../packages/core/src/libp2p/node/dns-sd.ts'
import { nodeKeys } from '../../packages/core/src/libp2p/node/keys.ts'
import { VerificationQueue } from '../../packages/core/src/libp2p/verification-queue.ts'
import {
  printAnnouncements,
  readAnnouncements,
  readUnreachable,
} from '../../packages/core/src/rooms/document-announcements.ts'
import { readAwarenessClaim } from '../../packages/core/src/rooms/reserved-fields.ts'
import { equalBytes } from '../../packages/core/src/wire/hashes.ts'
import { copyJson, parseJson } from '../../packages/core/src/wire/json.ts'
import { memberIdFromKey } from '../../packages/core/src/wire/member-id.ts'
import { FakeStream } from '../../packages/core/test/libp2p/fake-stream.ts'
import { join } from '../../packages/core/test/wire/codec-helpers.ts'
import { idOf } from '../helpers/signed-facts.ts'
import { bytesTarget } from './decoder-target.ts'
import type { Target } from './target.ts'

const service = '_hearsay-abcdefgh._udp.local'
const member = idOf('ada')
const toText = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const toBytes = (text: string) => new TextEncoder().encode(text)

const address = fc.constantFrom('/ip4/10.9.0.1/tcp/4001', '/ip6/::1/tcp/1/ws', '/dns4/a.example/tcp/1')
const dnsPackets = fc.oneof(
  fc.constant(encodeQuery(service)),
  fc.array(address, { maxLength: 8 }).map(addresses =>
    encodeAnswer(
      service,
      'x',
      addresses.map(each => `${each}/p2p/${member}`),
    ),
  ),
)

const announcement = fc.record(
  {
    c: fc.nat(2 ** 32),
    s: fc.constantFrom(0, 1),
    d: fc.string(),
    e: fc.constant(1),
    r: fc.constant(1),
    p: fc.oneof(fc.constant(0), fc.string()),
    a: fc.string(),
    k: fc.constant(1),
  },
  { requiredKeys: [] },
)
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(fc.string(), announcement),
  fc.array(fc.string()),
  fc.record({ client: fc.nat(), state: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })) }),
)

/** A key of Ed25519 whose private part is all ones, in PKCS #8. */
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 1)]),
  format: 'der',
  type: 'pkcs8',
})
const publicKey = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url')
const keys = nodeKeys({
  raw: Buffer.concat([Buffer.alloc(32, 1), publicKey]),
  publicKey: { raw: publicKey },
} as unknown as Parameters<typeof nodeKeys>[0])
const message = toBytes('a message of some length, which its author signed')
/** The public key, the signature, and the message. */
const signedMessage = join(publicKey, keys.sign(message) as Uint8Array, message)

const frames = fc
  .array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 6 })
  .map(frames => join(...frames.map(frame => prefixed(frame).subarray())))

export const otherTargets: readonly Target[] = [
  bytesTarget({
    name: 'dns-sd',
    arbitrary: dnsPackets,
    format: 'other',
    begin: () => bytes => {
      const packet = decodeLocal(bytes, service)
      const addresses = packet?.type === 'answer' ? packet.peers.flatMap(({ multiaddrs }) => multiaddrs) : []
      if (addresses.length > 64) throw new Error(`${addresses.length} addresses from one packet`)
    },
  }),
  bytesTarget({
    name: 'json',
    arbitrary: values.map(value => toBytes(JSON.stringify(value))),
    format: 'other',
    begin: () => bytes => {
      const value = parseJson(toText(bytes))
      if (value === undefined) return
      const copied = copyJson(value)
      if (copied.type === 'fault' && !copied.reason.includes('values'))
        throw new Error(`a received value cannot be shared: ${copied.reason}`)
      const announcements = readAnnouncements(value)
      if (announcements) printAnnouncements(announcements)
      readUnreachable(value)
      readAwarenessClaim(value)
    },
  }),
  bytesTarget({
    name: 'frames',
    arbitrary: frames,
    format: 'other',
    begin: () => {
      const budget = new FrameBudget()
      return bytes => {
        const stream = new FakeStream()
        let received = 0
        const onFrame = (frame: Uint8Array) => {
          received += frame.length
        }
        const options = { budget, verification: new VerificationQueue(), peer: 'ada', onFrame }
        readFrames(stream as unknown as Parameters<typeof readFrames>[0], options)
        const chunk = 1 + ((bytes[0] ?? 0) % 50)
        for (let at = 0; at < bytes.length; at += chunk) stream.receive(bytes.subarray(at, at + chunk))
        stream.end()
        if (received > bytes.length) throw new Error(`${received} bytes of frames in ${bytes.length} bytes`)
        if (budget.bytes !== 0) throw new Error('a closed stream holds a part of the budget')
      }
    },
  }),
  bytesTarget({
    name: 'signatures',
    arbitrary: fc.constant(signedMessage),
    format: 'other',
    runs: 1_000,
    begin: () => bytes => {
      const author = memberIdFromKey(bytes.slice(0, 32))
      if (author === undefined || equalBytes(bytes, signedMessage)) return
      if (keys.verify(author, bytes.subarray(96), bytes.subarray(32, 96)))
        throw new Error('a forged signature was accepted')
    },
  }),
]
