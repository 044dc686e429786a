/** Inbound targets: whatever a peer sends, the inbound pipeline delivers only facts that their authors signed. */
import fc from 'fast-check'
import { SpaceInbound } from '../../packages/core/src/runtime/space-inbound.ts'
import { encodeRumors, encodeSync, syncMessage } from '../../packages/core/src/wire/codec.ts'
import { signedBytes, signedSpaceBytes } from '../../packages/core/src/wire/signing.ts'
import { encodeSpaceFrame, encodeSpaceRumors } from '../../packages/core/src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFact } from '../../packages/core/src/wire/space-fact.ts'
import { spaceTag } from '../../packages/core/src/wire/tags.ts'
import { InboundBench, nowEpochMs, relay } from '../../packages/core/test/runtime/inbound-bench.ts'
import { syncMessages } from '../../packages/core/test/wire/codec-arbitraries.ts'
import { factArbitrary, memberIds } from '../../packages/core/test/wire/fact-arbitraries.ts'
import { spaceFacts, spaceSteps } from '../../packages/core/test/wire/space-arbitraries.ts'
import { signatureOf } from '../../packages/simulator/src/simulated-signature.ts'
import { testTag } from '../helpers/signed-facts.ts'
import { bytesTarget } from './decoder-target.ts'
import type { Target } from './target.ts'

const signedFacts = fc.array(factArbitrary(memberIds.length), { minLength: 1, maxLength: 4 })
const space = spaceTag(testTag, 'room', 'design')

const signedSpaceFacts = spaceFacts.map(facts =>
  facts.map((fact): SpaceFact => {
    const { author, payload, signature, ...body } = fact
    const draft = draftSpaceFact(author, body)
    return { ...draft, signature: signatureOf(author, signedSpaceBytes(testTag, space, draft)) }
  }),
)

export const inboundTargets: readonly Target[] = [
  bytesTarget({
    name: 'cluster-inbound',
    arbitrary: fc.oneof(
      signedFacts.map(encodeRumors),
      fc.tuple(syncMessages, signedFacts).map(([message, facts]) => encodeSync({ ...message, facts })),
      signedFacts.map(facts => encodeSync(syncMessage({ facts }))),
    ),
    format: 'protobuf',
    begin: () => {
      const bench = new InboundBench()
      return bytes => {
        void bench.inbound.rumor(relay, bytes)
        bench.inbound.sync(relay, bytes)
        bench.inbound.probe(relay, bytes)
        for (const fact of bench.deliveredFacts)
          if (!isSame(fact.signature, signatureOf(fact.author, signedBytes(testTag, fact))))
            throw new Error(`a forged ${fact.type} was delivered`)
        if (bench.table.size > memberIds.length) throw new Error('an identity was invented')
        bench.delivered.length = 0
        bench.violations.length = 0
        bench.verified.length = 0
      }
    },
  }),
  bytesTarget({
    name: 'space-inbound',
    arbitrary: fc.oneof(
      signedSpaceFacts.map(encodeSpaceRumors),
      fc
        .tuple(spaceSteps, signedSpaceFacts)
        .map(([steps, facts]) => encodeSpaceFrame(steps.map(step => ({ ...step, space, facts })))),
    ),
    format: 'protobuf',
    begin: () => {
      const inbound = spaceInbound()
      return bytes => {
        void inbound.rumor(space, relay, bytes)
        inbound.frame(relay, bytes)
      }
    },
  }),
]

/** The pipeline of a member in one room to which every fact is new. It throws if it delivers a forged fact. */
function spaceInbound(): SpaceInbound {
  const deliver = (space: string, facts: readonly SpaceFact[]): void => {
    for (const fact of facts)
      if (!isSame(fact.signature, signatureOf(fact.author, signedSpaceBytes(testTag, space, fact))))
        throw new Error(`a forged ${fact.type} was delivered`)
  }
  return new SpaceInbound({
    cluster: testTag,
    clock: { now: () => ({ monotonicMs: 0, epochMs: nowEpochMs }), setTimer: () => () => {} },
    keys: { verify: (author, bytes, signature) => isSame(signature, signatureOf(author, bytes)) },
    receiver: {
      isSubscribed: each => each === space,
      admit: () => 'new',
      isWithinRates: () => true,
      takeExchanged: () => true,
      takeRepeated: () => true,
      steps: (_, steps) => {
        for (const { space, facts } of steps) deliver(space, facts ?? [])
      },
      rumors: deliver,
      privateRoom: () => undefined,
      unopened() {},
    },
    reporter: { reportViolation() {}, reportExcess() {} },
  })
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
