/** Spaces inputs: what may happen to the spaces of one member: honest, stale, misdated, forged and senseless alike. */
import fc from 'fast-check'
import * as Y from 'yjs'
import { signedSpaceBytes } from '../../packages/core/src/wire/signing.ts'
import { encodeSpaceFrame, encodeSpaceRumors } from '../../packages/core/src/wire/space-codec.ts'
import {
  draftSpaceFact,
  type SpaceFact,
  type SpaceFactBody,
} from '../../packages/core/src/wire/space-fact.ts'
import { spaceTag } from '../../packages/core/src/wire/tags.ts'
import { spaceFacts, spaceSteps } from '../../packages/core/test/wire/space-arbitraries.ts'
import type { ConnectionEvent } from '../../packages/failure-detector/src/index.ts'
import { signatureOf } from '../../packages/simulator/src/simulated-signature.ts'
import { idOf, testTag } from '../helpers/signed-facts.ts'
import { connectionEvent } from './detector-target.ts'

export const epochMs = 1_700_000_000_000
export const self = idOf('self')
export const ids = [self, ...Array.from({ length: 5 }, (_, i) => idOf(`member ${i}`))]
export const room = spaceTag(testTag, 'room', 'design')
export const config = spaceTag(testTag, 'config', 'flags')
export const document = 'notes'

export type SpacesInput =
  | { readonly type: 'frame'; readonly from: string; readonly bytes: Uint8Array }
  | { readonly type: 'rumor'; readonly space: string; readonly from: string; readonly bytes: Uint8Array }
  | { readonly type: 'connection'; readonly id: string; readonly state: ConnectionEvent }
  | { readonly type: 'member-changed'; readonly id: string; readonly isIn: boolean }
  | { readonly type: 'enter' | 'leave' | 'request' | 'request-ids' | 'regroup'; readonly space: string }

const peer = fc.constantFrom(...ids.slice(1))
const space = fc.constantFrom(room, config)
const whole = fc.oneof(fc.nat(4), fc.constantFrom(epochMs, epochMs + 1, epochMs + 86_400_000, 2 ** 53 - 1))
const value = fc.constantFrom(undefined, 1, 'x', { a: [1] })
/** All inputs share this sample, because fast-check takes a millisecond to generate one step. */
const steps = fc.sample(spaceSteps, { seed: 1, numRuns: 300 }).flat()
const bodies = fc
  .sample(spaceFacts, { seed: 1, numRuns: 100 })
  .flat()
  .map(({ author, payload, signature, ...body }): SpaceFactBody => body)

const update = fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 3 }).map(texts => {
  const doc = new Y.Doc({ guid: '' })
  doc.clientID = 1 + texts.length
  for (const text of texts) doc.getText('text').insert(0, text)
  return Y.encodeStateAsUpdate(doc)
})
const epoch = fc.record({
  number: fc.nat(2),
  id: fc.constantFrom(0, 1, 2).map(byte => new Uint8Array(16).fill(byte)),
})
const maybeEpoch = fc.option(epoch, { nil: undefined })
const body: fc.Arbitrary<SpaceFactBody> = fc.oneof(
  fc.constantFrom(...bodies),
  fc.record({
    type: fc.constant('field' as const),
    generation: fc.oneof(fc.constant(1), whole),
    version: whole,
    name: fc.oneof(
      fc.constantFrom('documents:', 'unreachable:', 'awareness:notes', '__proto__', ''),
      fc.string({ maxLength: 2 }),
    ),
    value: fc.oneof(value, fc.constant({ [document]: { c: 1, s: 1, d: 'ab', p: 0 } })),
  }),
  fc.record({
    type: fc.constant('entry' as const),
    key: fc.constantFrom('a', 'b', '__proto__', 'constructor'),
    value,
    epochMs: whole,
    count: fc.nat(3),
    replaces: fc.constant(undefined),
  }),
  fc.record({
    type: fc.constant('update' as const),
    document: fc.constantFrom(document, 'other'),
    update,
    epoch: maybeEpoch,
  }),
  fc.record({
    type: fc.constant('event' as const),
    generation: fc.constant(1),
    number: whole,
    value: fc.constant(1),
  }),
)

function signed(author: string, body: SpaceFactBody, space: string, signer: string): SpaceFact {
  const draft = draftSpaceFact(author, body)
  return { ...draft, signature: signatureOf(signer, signedSpaceBytes(testTag, space, draft)) }
}

const fact = (space: string) =>
  fc
    .tuple(fc.constantFrom(...ids, idOf('stranger')), body, fc.nat(9))
    .map(([author, body, chance]) => signed(author, body, space, chance === 0 ? idOf('a forger') : author))
const facts = (space: string) => fc.array(fact(space), { maxLength: 4 })

const documentStep = fc.record(
  {
    hash: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    isSynced: fc.boolean(),
    stateVector: fc.oneof(fc.constant(Uint8Array.of(0)), fc.uint8Array({ maxLength: 8 })),
    mutual: fc.boolean(),
    piece: fc.record({
      transfer: fc.nat(3),
      index: fc.nat(3),
      content: fc.oneof(update, fc.uint8Array({ maxLength: 8 })),
      isEndOfUpdate: fc.boolean(),
      isLast: fc.boolean(),
      isAnswer: fc.boolean(),
      isSynced: fc.boolean(),
    }),
    ack: fc.record({ transfer: fc.nat(3), count: whole }),
    carry: fc.boolean(),
    epoch,
    past: fc.boolean(),
    hasNoPast: fc.boolean(),
  },
  { requiredKeys: [] },
)

const frame = fc
  .tuple(
    peer,
    space.chain(space => fc.tuple(fc.constant(space), facts(space))),
    fc.constantFrom({}, {}, ...steps),
    fc.array(documentStep, { maxLength: 2 }),
    fc.constantFrom(document, 'other'),
  )
  .map(([from, [space, facts], step, documents, name]): SpacesInput => {
    const own = documents.map(each => ({ ...each, document: name }))
    const others = 'documents' in step ? (step.documents ?? []) : []
    const bytes = encodeSpaceFrame([{ ...step, space, facts, documents: [...own, ...others] }])
    return { type: 'frame', from, bytes }
  })

export const spacesInput: fc.Arbitrary<SpacesInput> = fc.oneof(
  { weight: 5, arbitrary: frame },
  {
    weight: 3,
    arbitrary: space.chain(space =>
      fc.tuple(peer, facts(space)).map(
        ([from, facts]): SpacesInput => ({
          type: 'rumor',
          space,
          from,
          bytes: encodeSpaceRumors(facts),
        }),
      ),
    ),
  },
  fc.record({ type: fc.constant('connection' as const), id: peer, state: connectionEvent }),
  fc.record({ type: fc.constant('member-changed' as const), id: peer, isIn: fc.boolean() }),
  fc.record({ type: fc.constantFrom('enter', 'leave', 'request', 'request-ids', 'regroup'), space }),
)
