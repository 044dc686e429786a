import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Identity } from '../../../../test/attacks/identity.ts'
import { RawPeer, type Target } from '../../../../test/attacks/raw-peer.ts'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import { platform } from '../../src/libp2p/node/platform.ts'
import { maxVerifyingBytes, VerificationQueue } from '../../src/libp2p/verification-queue.ts'
import { clusterKeys, rumorTopic } from '../../src/wire/cluster-keys.ts'
import { encodeRumors } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { join, joinMany, leaveAll, untilAllSee } from './members.ts'

/** The verifier of a page: the result is a promise. Its bytes are counted until the promise is settled. */
class Verifications {
  bytes = 0
  maxBytes = 0
  count = 0
  /** What each verification waits for. */
  gate: () => Promise<unknown> = () => Promise.resolve()

  install(): void {
    const { keys } = platform
    vi.spyOn(platform, 'keys').mockImplementation(key => {
      const { sign, verify } = keys(key)
      return {
        sign,
        verify: async (author, bytes, signature) => {
          this.bytes += bytes.length
          this.maxBytes = Math.max(this.maxBytes, this.bytes)
          this.count += 1
          await this.gate()
          this.bytes -= bytes.length
          return verify(author, bytes, signature)
        },
      }
    })
  }
}

const credentials = { cluster: 'slow', secret: 'a secret of the test' }
let verifications: Verifications

beforeEach(() => {
  verifications = new Verifications()
  verifications.install()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await leaveAll()
})

const targetOf = ({ self }: Cluster): Target => ({
  id: self.id,
  name: self.name,
  address: self.addresses[0] ?? '',
  incarnation: self.incarnation,
})

/** A stream that goes on delivers what arrived meanwhile: one window, at most 1 MiB. */
const maxBytes = maxVerifyingBytes + 1_048_576 + 131_072

/** An unknown field of 16,000 bytes. */
const padding = Uint8Array.from([0xfa, 0x7f, 0x80, 0x7d, ...new Uint8Array(16_000)])

/** Records of members that do not exist, each of 16 kB. */
async function records(count: number, tag: Uint8Array): Promise<SignedFact[]> {
  const made = Array.from({ length: count }, async (_, i) => {
    const identity = await Identity.create(tag)
    return identity.record({ name: `made up ${i}` }, padding)
  })
  return Promise.all(made)
}

describe('a member that verifies more slowly than a peer sends', { timeout: 60_000 }, () => {
  it('stops reading all streams of this peer beyond 256 KiB, and verifies everything in the end', async () => {
    const member = await join({ ...credentials, name: 'member' })
    const target = targetOf(member)
    const peer = await RawPeer.create(credentials)
    expect(await peer.connect(target)).toBe(true)
    const [frames, rumors] = [await records(120, peer.tag), await records(120, peer.tag)]
    const topic = rumorTopic(clusterKeys(credentials.cluster, credentials.secret))
    let open: () => void = () => {}
    const opened = new Promise<void>(resolve => {
      open = resolve
    })
    verifications.gate = () => opened
    const waits = vi.spyOn(VerificationQueue.prototype, 'mustWait')
    const sendFrame = (fact: SignedFact) => peer.sendFacts(target, [fact])
    const sendRumor = (fact: SignedFact) => peer.publish(target, topic, encodeRumors([fact]))
    for (const [send, facts] of [
      [sendFrame, frames],
      [sendRumor, rumors],
    ] as const) {
      const [first, ...others] = facts
      // The first one opens the stream.
      if (first) await send(first)
      for (const fact of others) void send(fact)
    }
    const waiting = () =>
      new Set(waits.mock.calls.flatMap(([, stream], i) => (waits.mock.results[i]?.value ? [stream] : [])))
    await vi.waitUntil(() => waiting().size === 2, 20_000)
    // A frame counts from its arrival, and is verified a moment later.
    await vi.waitUntil(() => verifications.maxBytes > maxVerifyingBytes, 20_000)
    // Far more round trips than the rest would need.
    for (let i = 0; i < 50; i++) (await peer.open(target, 'probe'))?.abort(new Error('only a round trip'))
    expect(verifications.bytes).toBeLessThan(maxBytes)
    open()
    await vi.waitUntil(() => verifications.count === 240, 20_000)
    await vi.waitUntil(() => verifications.bytes === 0, 20_000)
    expect(verifications.maxBytes).toBeLessThan(maxBytes)
    await peer.node.stop()
  })
})

describe('members that verify asynchronously', { timeout: 60_000 }, () => {
  it('read without a pause what other members send', async () => {
    const waits = vi.spyOn(VerificationQueue.prototype, 'mustWait')
    verifications.gate = () => new Promise(resolve => setTimeout(resolve, 2))
    const members = await joinMany('asynchronous', 4)
    await untilAllSee(members, 4)
    const rooms = await Promise.all(members.map(member => member.room<{ note: string }>('room')))
    for (const [i, { presence }] of rooms.entries()) presence.set({ note: `of ${i}` })
    await Promise.all(rooms.map(({ presence }) => until(presence.others, all => all.length === 3)))
    expect(verifications.count).toBeGreaterThan(12)
    expect(waits.mock.results.filter(({ value }) => value)).toEqual([])
  })
})
