/** The decoders read mutations of encoded messages: foreign bytes never make a decoder throw. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { size } from '../../../../test/helpers/size.ts'
import {
  decodeProbe,
  decodeRumors,
  decodeSync,
  encodeProbe,
  encodeRumors,
  encodeSync,
} from '../../src/wire/codec.ts'
import type { MemberRecord } from '../../src/wire/fact.ts'
import { decodeHello, encodeHello } from '../../src/wire/hello.ts'
import * as limits from '../../src/wire/limits.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
} from '../../src/wire/space-codec.ts'
import { privateRoomOf } from '../helpers/private-rooms.ts'
import { facts, hello, probeMessage, syncMessages } from './codec-arbitraries.ts'
import { join, varint } from './codec-helpers.ts'
import { spaceFacts, spaceSteps } from './space-arbitraries.ts'

const inputs = size({ usual: 25_000, long: 100_000 })

describe('the codec', () => {
  it(`never throws and enforces the limits for ${inputs} mutated inputs`, () => {
    const seed = 20_261_122
    const random = mulberry32(seed)
    const originals = [
      ...fc.sample(facts, { seed, numRuns: 40 }).map(encodeRumors),
      ...fc.sample(hello, { seed, numRuns: 5 }).map(encodeHello),
      ...fc.sample(probeMessage, { seed, numRuns: 40 }).map(encodeProbe),
      ...fc.sample(syncMessages, { seed, numRuns: 40 }).map(encodeSync),
    ].filter(({ length }) => length < 16_384)
    const outcomes = { ok: 0, malformed: 0, 'too-large': 0, invalid: 0, unopened: 0 }
    for (let i = 0; i < inputs; i++) {
      const input = mutated(originals, random)
      const replay = `seed ${seed}, input ${i}: ${Buffer.from(input).toString('hex').slice(0, 200)}`
      try {
        const [rumors, sync] = [decodeRumors(input), decodeSync(input)]
        for (const result of [rumors, sync, decodeProbe(input), decodeHello(input)])
          outcomes[result.ok ? 'ok' : result.failure.type] += 1
        const decoded = [
          ...(rumors.ok ? rumors.value : []),
          ...(sync.ok && sync.value ? sync.value.facts : []),
        ]
        if (decoded.length > limits.maxFactsPerMessage) throw new Error(`${decoded.length} facts`)
        for (const fact of decoded) if (fact.type === 'record') keepsLimits(fact.record)
      } catch (error) {
        throw new Error(replay, { cause: error })
      }
    }
    // Each outcome occurs often, so the mutated inputs reach the later checks of the decoder, too.
    const { unopened, ...others } = outcomes
    expect(unopened).toBe(0)
    for (const count of Object.values(others)) expect(count).toBeGreaterThan(inputs / 100)
  })
})

describe('the space codec', () => {
  const room = privateRoomOf('design')
  const sender = idOf('ada')

  it('never throws for 50,000 mutated inputs', () => {
    const seed = 20_261_123
    const random = mulberry32(seed)
    const originals = [
      ...fc
        .sample(spaceFacts, { seed, numRuns: 40 })
        .flatMap(given => [encodeSpaceRumors(given), encodeSpaceRumors(given, room)]),
      ...fc
        .sample(spaceSteps, { seed, numRuns: 40 })
        .flatMap(given => [encodeSpaceFrame(given), encodeSpaceFrame(given, { sender, roomOf: () => room })]),
    ].filter(({ length }) => length > 0)
    let accepted = 0
    for (let run = 0; run < 25_000; run++) {
      const bytes = originals[Math.floor(random() * originals.length)]?.slice() ?? new Uint8Array()
      for (let flips = Math.floor(random() * 4); flips >= 0; flips--)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      const cut = random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes
      const seals = { sender, roomOf: () => room }
      const results = [decodeSpaceRumors(cut), decodeSpaceFrame(cut)]
      const sealed = [decodeSpaceRumors(cut, room), decodeSpaceFrame(cut, seals)]
      for (const result of [...results, ...sealed]) if (result.ok) accepted += 1
    }
    expect(accepted).toBeGreaterThan(1_000)
  })
})

function keepsLimits(record: MemberRecord): void {
  const keeps =
    Buffer.byteLength(record.name) <= limits.maxNameBytes &&
    record.addresses.length <= limits.maxAddresses &&
    Object.keys(record.tags).length <= limits.maxTags &&
    record.spaces.length <= limits.maxSpaces &&
    record.attention.leaseMs <= limits.maxAttentionLeaseMs
  if (!keeps) throw new Error('the decoded record exceeds a limit')
}

/** A mutation: flipped bits, a cut end, a splice with another message, or an inserted large length. */
function mutated(originals: readonly Uint8Array[], random: () => number): Uint8Array {
  const any = (below: number) => Math.floor(random() * below)
  const original = originals[any(originals.length)] ?? new Uint8Array()
  const bytes = Uint8Array.from(original)
  switch (any(5)) {
    case 0:
    case 1:
      for (let flips = 1 + any(3); flips > 0; flips--) {
        const at = any(Math.min(bytes.length, random() < 0.5 ? 16 : bytes.length))
        bytes[at] = (bytes[at] ?? 0) ^ (1 << any(8))
      }
      return bytes
    case 2:
      return bytes.slice(0, any(bytes.length))
    case 3: {
      const other = originals[any(originals.length)] ?? new Uint8Array()
      const from = any(other.length)
      return join(bytes.slice(0, any(bytes.length)), other.slice(from, from + any(other.length)))
    }
    default: {
      const at = any(Math.min(bytes.length, 64))
      const bomb =
        random() < 0.3 ? new Uint8Array(limits.maxRumorBytes) : Uint8Array.from(varint(2 ** (7 + any(45))))
      return join(bytes.slice(0, at), bomb, bytes.slice(at))
    }
  }
}
