import { describe, expect, it } from 'vitest'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { SpaceInbound } from '../../src/runtime/space-inbound.ts'
import { signedSpaceBytes } from '../../src/wire/signing.ts'
import { encodeSpaceFrame, encodeSpaceRumors, type SpaceStep } from '../../src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFact, type SpaceFactBody } from '../../src/wire/space-fact.ts'
import { spaceTag } from '../../src/wire/tags.ts'
import { privateRoomOf } from '../helpers/private-rooms.ts'

const relay = idOf('relay')
const design = spaceTag(testTag, 'room', 'design')
const other = spaceTag(testTag, 'room', 'other')
const garbage = Uint8Array.of(0xff, 0xff, 0xff)

const field = (author: string, name: string, signer = author): SpaceFact =>
  signed(author, { type: 'field', generation: 1, version: 1, name, value: 1 }, signer)

function signed(author: string, body: SpaceFactBody, signer = author): SpaceFact {
  const draft = draftSpaceFact(author, body)
  return { ...draft, signature: signatureOf(signer, signedSpaceBytes(testTag, design, draft)) }
}

const privateRoom = privateRoomOf('private')

/** One member in the room `design`, and in a private room. The name of a field decides whether the field is new, stale or rejected. */
class SpaceInboundBench {
  readonly steps: SpaceStep[] = []
  readonly rumors: SpaceFact[] = []
  readonly violations: string[] = []
  readonly unopened: unknown[] = []
  excessBytes = 0
  /** New facts that were counted against the rates of their authors. */
  rated = 0
  /** New facts of frames that were counted against the rate of the peer. */
  exchanged = 0
  /** Facts of frames that are not new. */
  repeated = 0
  isWithinRates = true
  verifications = 0
  readonly inbound: SpaceInbound

  constructor() {
    this.inbound = new SpaceInbound({
      cluster: testTag,
      clock: { now: () => ({ monotonicMs: 0, epochMs: 0 }), setTimer: () => () => {} },
      keys: {
        verify: (author, bytes, signature) => {
          this.verifications += 1
          return Buffer.compare(signatureOf(author, bytes), signature) === 0
        },
      },
      receiver: {
        isSubscribed: space => space === design || space === privateRoom.space,
        admit: (_, fact) => {
          const name = fact.type === 'field' ? fact.name : ''
          return name === 'stale' || name === 'rejected' ? name : 'new'
        },
        isWithinRates: ({ newFacts }) => {
          this.rated += newFacts.length
          return this.isWithinRates
        },
        takeExchanged: (_, facts) => {
          this.exchanged += facts
          return this.isWithinRates
        },
        takeRepeated: (_, facts) => {
          this.repeated += facts
          return this.isWithinRates
        },
        steps: (_, steps) => this.steps.push(...steps),
        rumors: (_, facts) => this.rumors.push(...facts),
        privateRoom: space => (space === privateRoom.space ? privateRoom : undefined),
        unopened: (from, space, bytes) => this.unopened.push([from, space, bytes]),
      },
      reporter: {
        reportViolation: (from, violation) => this.violations.push(`${violation} ${from === relay}`),
        reportExcess: (_, bytes) => {
          this.excessBytes += bytes
        },
      },
    })
  }

  rumor(...facts: readonly SpaceFact[]): unknown {
    return this.inbound.rumor(design, relay, encodeSpaceRumors(facts))
  }

  get namesInSteps(): string[][] {
    return this.steps.map(({ facts }) => (facts ?? []).map(fact => (fact.type === 'field' ? fact.name : '')))
  }
}

const [ada, bob] = [idOf('ada'), idOf('bob')]

describe('a rumor of a space', () => {
  it('with a new fact is verified as a whole and forwarded', () => {
    const bench = new SpaceInboundBench()
    expect(bench.rumor(field(ada, 'stale'), field(bob, 'new'))).toBe('accept')
    expect([bench.verifications, bench.rumors.length]).toEqual([2, 2])
  })

  it('without a new fact is not forwarded and costs no verification', () => {
    const bench = new SpaceInboundBench()
    expect(bench.rumor(field(ada, 'stale'))).toBe('ignore')
    expect([bench.verifications, bench.rumors]).toEqual([0, []])
  })

  it('with a fact that breaks a rule of the space is not forwarded, and is no violation', () => {
    const bench = new SpaceInboundBench()
    expect(bench.rumor(field(ada, 'new'), field(bob, 'rejected'))).toBe('ignore')
    expect([bench.rumors, bench.violations]).toEqual([[], []])
  })

  it('without a new fact, or with one that breaks a rule, counts for the peer that sent it', () => {
    const bench = new SpaceInboundBench()
    const rumors = [[field(ada, 'stale')], [field(ada, 'new'), field(bob, 'rejected')]]
    for (const facts of rumors) bench.rumor(...facts)
    const bytes = rumors.reduce((sum, facts) => sum + encodeSpaceRumors(facts).length, 0)
    expect([bench.excessBytes, bench.verifications]).toEqual([bytes, 0])
  })

  it('with a forged fact, also a known one, delivers nothing and is a violation', () => {
    const bench = new SpaceInboundBench()
    expect(bench.rumor(field(ada, 'new'), field(bob, 'stale', idOf('forger')))).toBe('reject')
    expect([bench.rumors, bench.violations]).toEqual([[], ['bad-signature true']])
  })

  it('beyond a rate is neither verified nor forwarded, and its bytes count for the peer that sent it', () => {
    const bench = new SpaceInboundBench()
    bench.isWithinRates = false
    const fact = field(ada, 'new')
    expect(bench.rumor(fact)).toBe('ignore')
    expect([bench.verifications, bench.rumors, bench.violations]).toEqual([0, [], []])
    expect(bench.excessBytes).toBe(encodeSpaceRumors([fact]).length)
  })

  it('of a space that the member is not in is ignored, even if it cannot be decoded', () => {
    const bench = new SpaceInboundBench()
    expect(bench.inbound.rumor(other, relay, garbage)).toBe('ignore')
    expect(bench.violations).toEqual([])
    expect(bench.inbound.rumor(design, relay, garbage)).toBe('reject')
    expect(bench.violations).toEqual(['undecodable true'])
  })
})

describe('a frame of spaces', () => {
  it.each(['stale', 'rejected'])('with facts that are %s counts for the peer beyond a rate', name => {
    const bench = new SpaceInboundBench()
    const known = [field(ada, name), field(bob, name)]
    const frame = encodeSpaceFrame([{ space: design, facts: [...known, field(ada, 'new')] }])
    bench.inbound.frame(relay, frame)
    expect([bench.repeated, bench.excessBytes, bench.namesInSteps]).toEqual([2, 0, [['new']]])
    bench.isWithinRates = false
    bench.inbound.frame(relay, encodeSpaceFrame([{ space: design, facts: known }]))
    const bytes = known.reduce((sum, { payload }) => sum + payload.length + 512, 0)
    expect([bench.repeated, bench.excessBytes]).toEqual([4, bytes])
  })

  it('beyond a rate is neither verified nor delivered, and its bytes count for the peer that sent it', () => {
    const bench = new SpaceInboundBench()
    bench.isWithinRates = false
    const event = signed(relay, { type: 'event', generation: 1, number: 1, value: 'hello' })
    const state = field(ada, 'a')
    bench.inbound.frame(relay, encodeSpaceFrame([{ space: design, facts: [state, event], more: true }]))
    // The rest of the step counts.
    expect(bench.steps).toMatchObject([{ space: design, facts: [], more: true }])
    expect(bench.verifications).toBe(0)
    expect(bench.excessBytes).toBe(event.payload.length + state.payload.length)
  })

  it('counts its new facts against the rate of the peer that sent it', () => {
    const bench = new SpaceInboundBench()
    const facts = [field(ada, 'a'), field(ada, 'stale'), field(bob, 'b')]
    bench.inbound.frame(relay, encodeSpaceFrame([{ space: design, facts }]))
    expect([bench.exchanged, bench.rated]).toEqual([2, 0])
  })

  it.each([
    { type: 'event', generation: 1, number: 1, value: 'hello' } as const,
    { type: 'update', document: '', update: Uint8Array.of(0, 0) } as const,
  ])('brings an $type of its sender only, so that nobody uses up the rate of another author', body => {
    const bench = new SpaceInboundBench()
    const forged = Array.from({ length: 100 }, () => signed(ada, body, relay))
    bench.inbound.frame(relay, encodeSpaceFrame([{ space: design, facts: [...forged, signed(relay, body)] }]))
    expect([bench.rated, bench.verifications]).toEqual([1, 1])
    expect(bench.excessBytes).toBeGreaterThan(0)
  })

  it('delivers the steps of its spaces together, each with only its new facts', () => {
    const bench = new SpaceInboundBench()
    const steps = [
      { space: design, facts: [field(ada, 'a'), field(ada, 'stale'), field(ada, 'rejected')] },
      { space: other, facts: [field(ada, 'b')] },
      { space: design, facts: [field(bob, 'c')] },
    ]
    bench.inbound.frame(relay, encodeSpaceFrame(steps))
    expect(bench.namesInSteps).toEqual([['a'], ['c']])
    expect(bench.violations).toEqual([])
  })

  it('takes of a step the facts before the first forged one, and of the other steps all', () => {
    const bench = new SpaceInboundBench()
    const steps = [
      { space: design, facts: [field(ada, 'a'), field(ada, 'b', idOf('forger')), field(ada, 'c')] },
      { space: design, facts: [field(bob, 'd')] },
    ]
    bench.inbound.frame(relay, encodeSpaceFrame(steps))
    expect(bench.namesInSteps).toEqual([['a'], ['d']])
    expect(bench.violations).toEqual(['bad-signature true'])
  })

  it('that cannot be decoded delivers nothing', () => {
    const bench = new SpaceInboundBench()
    bench.inbound.frame(relay, garbage)
    expect([bench.steps, bench.violations]).toEqual([[], ['undecodable true']])
  })
})

describe('a message about a private room', () => {
  const { space } = privateRoom
  const inRoom = (author: string): SpaceFact => {
    const draft = draftSpaceFact(author, { type: 'field', generation: 1, version: 1, name: 'new', value: 1 })
    return { ...draft, signature: signatureOf(author, signedSpaceBytes(testTag, space, draft)) }
  }
  const sealsOf = (sender: string) => ({ sender, roomOf: () => privateRoom })

  it('is opened, and forwarded as it is', () => {
    const bench = new SpaceInboundBench()
    expect(bench.inbound.rumor(space, relay, encodeSpaceRumors([inRoom(ada)], privateRoom))).toBe('accept')
    bench.inbound.frame(relay, encodeSpaceFrame([{ space, facts: [inRoom(bob)] }], sealsOf(relay)))
    expect([bench.rumors.length, bench.namesInSteps, bench.unopened]).toEqual([1, [['new']], []])
  })

  it('that cannot be opened changes nothing, is not forwarded, and is reported', () => {
    const bench = new SpaceInboundBench()
    const rumor = encodeSpaceRumors([inRoom(ada)])
    expect(bench.inbound.rumor(space, relay, rumor)).toBe('reject')
    const steps = [{ space, facts: [inRoom(bob)] }]
    const frames = [encodeSpaceFrame(steps), encodeSpaceFrame(steps, sealsOf(bob))]
    for (const frame of frames) bench.inbound.frame(relay, frame)
    expect([bench.rumors, bench.steps, bench.violations]).toEqual([[], [], []])
    expect(bench.unopened).toEqual([rumor, ...frames].map(bytes => [relay, space, bytes.length]))
  })

  it('does not keep the steps about other spaces in its frame from counting', () => {
    const bench = new SpaceInboundBench()
    const steps = [
      { space, facts: [inRoom(ada)] },
      { space: design, facts: [field(ada, 'new')] },
    ]
    bench.inbound.frame(relay, encodeSpaceFrame(steps))
    expect([bench.namesInSteps, bench.unopened.length]).toEqual([[['new']], 1])
  })

  it('says nothing to a member that is not in the room', () => {
    const bench = new SpaceInboundBench()
    const other = privateRoomOf('elsewhere')
    const seals = { sender: relay, roomOf: () => other }
    bench.inbound.frame(relay, encodeSpaceFrame([{ space: other.space, facts: [inRoom(ada)] }], seals))
    expect(bench.inbound.rumor(other.space, relay, encodeSpaceRumors([inRoom(ada)], other))).toBe('ignore')
    expect([bench.steps, bench.rumors, bench.unopened, bench.violations]).toEqual([[], [], [], []])
  })
})
