/**
 * Spaces target: random inputs of the spaces of one member, which is in a room with a document and in a shared config. Steps
 * and rumors arrive as bytes through the inbound pipeline, with facts of members and of strangers, some of them forged.
 */
import fc from 'fast-check'
import * as Y from 'yjs'
import type { Instant } from '../../packages/core/src/base/clock.ts'
import { ConfigReplica } from '../../packages/core/src/config/config-replica.ts'
import { RoomReplica } from '../../packages/core/src/rooms/room-replica.ts'
import { SpaceInbound } from '../../packages/core/src/runtime/space-inbound.ts'
import { DocumentSync } from '../../packages/core/src/spaces/documents/document-sync.ts'
import type { SpacesEffect } from '../../packages/core/src/spaces/space-outbox.ts'
import type { SpaceReplica } from '../../packages/core/src/spaces/space-replica.ts'
import { Spaces } from '../../packages/core/src/spaces/spaces.ts'
import { signedSpaceBytes } from '../../packages/core/src/wire/signing.ts'
import {
  decodeSpaceFrame,
  encodeSpaceFrame,
  encodeSpaceRumors,
} from '../../packages/core/src/wire/space-codec.ts'
import {
  draftSpaceFact,
  type SpaceFact,
  type SpaceFactBody,
} from '../../packages/core/src/wire/space-fact.ts'
import { spaceTag } from '../../packages/core/src/wire/tags.ts'
import { spaceFacts, spaceSteps } from '../../packages/core/test/wire/space-arbitraries.ts'
import type { ConnectionEvent } from '../../packages/failure-detector/src/index.ts'
import { signatureOf } from '../../packages/simulator/src/simulated-signature.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'
import { idOf, testTag } from '../helpers/signed-facts.ts'
import { connectionEvent } from './detector-target.ts'
import { type Hosted, historyTarget } from './history.ts'
import type { Target } from './target.ts'

const epochMs = 1_700_000_000_000
const self = idOf('self')
const ids = [self, ...Array.from({ length: 5 }, (_, i) => idOf(`member ${i}`))]
const room = spaceTag(testTag, 'room', 'design')
const config = spaceTag(testTag, 'config', 'flags')
const document = 'notes'

type Input =
  | { readonly type: 'frame'; readonly from: string; readonly bytes: Uint8Array }
  | { readonly type: 'rumor'; readonly space: string; readonly from: string; readonly bytes: Uint8Array }
  | { readonly type: 'connection'; readonly id: string; readonly state: ConnectionEvent }
  | { readonly type: 'member-changed'; readonly id: string; readonly isIn: boolean }
  | { readonly type: 'enter' | 'leave' | 'request' | 'request-ids' | 'regroup'; readonly space: string }

const peer = fc.constantFrom(...ids.slice(1))
const space = fc.constantFrom(room, config)
const whole = fc.oneof(fc.nat(4), fc.constantFrom(epochMs, epochMs + 1, epochMs + 86_400_000, 2 ** 53 - 1))
const value = fc.constantFrom(undefined, 1, 'x', { a: [1] })
/** Sampled once, because an arbitrary step takes a millisecond. */
const steps = fc.sample(spaceSteps, { seed: 1, numRuns: 300 }).flat()
const bodies = fc
  .sample(spaceFacts, { seed: 1, numRuns: 100 })
  .flat()
  .map(({ author, payload, signature, ...body }): SpaceFactBody => body)

const update = fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 3 }).map(texts => {
  const doc = new Y.Doc()
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
  .map(([from, [space, facts], step, documents, name]): Input => {
    const own = documents.map(each => ({ ...each, document: name }))
    const others = 'documents' in step ? (step.documents ?? []) : []
    const bytes = encodeSpaceFrame([{ ...step, space, facts, documents: [...own, ...others] }])
    return { type: 'frame', from, bytes }
  })

const input: fc.Arbitrary<Input> = fc.oneof(
  { weight: 5, arbitrary: frame },
  {
    weight: 3,
    arbitrary: space.chain(space =>
      fc.tuple(peer, facts(space)).map(
        ([from, facts]): Input => ({
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

class HostedSpaces implements Hosted<Input> {
  readonly effects: SpacesEffect[] = []
  readonly #spaces: Spaces
  readonly #inbound: SpaceInbound
  readonly #connected = new Set<string>()
  readonly #members = new Set(ids.slice(1, 4))
  readonly #replicas = new Map<string, SpaceReplica>()
  #nowMs = 0

  constructor(seed: number) {
    const view = {
      self,
      connected: () => [...this.#connected],
      isNeighbour: () => false,
      isSettled: () => true,
      memberIds: () => [...this.#members],
      member: (id: string) =>
        this.#members.has(id)
          ? {
              status: 'alive' as const,
              wasAlive: true,
              spaces: [room, config].map(space => ({ space, generation: 1 })),
            }
          : undefined,
    }
    this.#spaces = new Spaces({ view, random: mulberry32(seed), maxDeltaBytes: 49_152 }, 0)
    this.#inbound = new SpaceInbound({
      cluster: testTag,
      clock: { now: () => this.#now, setTimer: () => () => {} },
      keys: { verify: (author, bytes, signature) => isSame(signature, signatureOf(author, bytes)) },
      reporter: { reportViolation() {} },
      receiver: {
        isSubscribed: space => this.#spaces.isSubscribed(space),
        admit: (space, fact) => this.#spaces.admit(space, fact, this.#now),
        steps: (from, steps) => this.#spaces.steps(from, steps, this.#now),
        rumors: (space, facts, from) => this.#spaces.rumors(space, facts, from, this.#now),
      },
    })
    for (const space of [room, config]) this.#enter(space)
  }

  handle(input: Input, nowMs: number): void {
    this.#nowMs = nowMs
    this.#dispatch(input)
    this.#endStep()
  }

  advance(nowMs: number): void {
    this.#nowMs = nowMs
    this.#spaces.advance(this.#now)
    this.#endStep()
  }

  deadlineMs(): number {
    return this.#spaces.deadlineMs()
  }

  #dispatch(input: Input): void {
    const now = this.#now
    switch (input.type) {
      case 'frame':
        this.#inbound.frame(input.from, input.bytes)
        break
      case 'rumor':
        void this.#inbound.rumor(input.space, input.from, input.bytes)
        break
      case 'connection':
        if (input.state === 'open') this.#connected.add(input.id)
        else if (input.state === 'closed' || input.state === 'released') this.#connected.delete(input.id)
        this.#spaces.connectionChanged(input.id, input.state, now)
        break
      case 'member-changed':
        if (input.isIn) this.#members.add(input.id)
        else this.#members.delete(input.id)
        this.#spaces.memberChanged(input.id, now)
        break
      case 'enter':
        if (!this.#replicas.has(input.space)) this.#enter(input.space)
        break
      case 'leave':
        this.#replicas.delete(input.space)
        this.#spaces.leave(input.space, now)
        break
      case 'request':
        this.#spaces.request(input.space, document, now)
        break
      case 'request-ids':
        this.#spaces.requestFactIds(input.space, now)
        break
      case 'regroup':
        this.#spaces.regroup(input.space, now)
        break
    }
  }

  #enter(space: string): void {
    const replica = space === room ? this.#roomReplica() : configReplica()
    this.#replicas.set(space, replica)
    this.#spaces.enter(space, replica, 1, this.#now)
  }

  #roomReplica(): RoomReplica {
    const of = (id: string) => {
      const isIn = this.#members.has(id)
      return isIn ? { status: 'alive' as const, wasAlive: true, generation: 1 } : undefined
    }
    const replica = new RoomReplica({
      self,
      spaceRoster: { of },
      others: () => this.#spaces.othersIn(room),
      suspects: () => [],
      listener: {
        presenceChanged() {},
        eventArrived() {},
        carriedChanged() {},
        unreachable: () => new Set(),
      },
    })
    const doc = new Y.Doc()
    doc.clientID = 99
    doc.getText('text').insert(0, 'hello')
    replica.documents.set(document, new DocumentSync({ name: document, doc, origin: 'remote' }))
    return replica
  }

  #endStep(): void {
    this.#spaces.takeTouched()
    for (const effect of this.#spaces.take()) {
      this.effects.push(effect)
      if (effect.type === 'send-steps' && !decodeSpaceFrame(encodeSpaceFrame(effect.steps)).ok)
        throw new Error('a step that no member can decode')
    }
    const { facts, transfers } = this.#spaces.usage()
    // Each history has at most 40 inputs of four facts.
    if (facts > 400 || transfers > 2 * ids.length * 8)
      throw new Error(`${facts} facts, ${transfers} transfers`)
    for (const [space, { facts }] of this.#replicas)
      for (const { fact } of facts.all())
        if (!isSame(fact.signature, signatureOf(fact.author, signedSpaceBytes(testTag, space, fact))))
          throw new Error(`a forged ${fact.type} was stored`)
  }

  get #now(): Instant {
    return { monotonicMs: this.#nowMs, epochMs: epochMs + this.#nowMs }
  }
}

function configReplica(): ConfigReplica {
  return new ConfigReplica({
    self,
    writers: 'anyone',
    retentionMs: 86_400_000,
    merged() {},
    quarantined() {},
    dropped() {},
  })
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

export const spacesTarget: Target = historyTarget('spaces', input, seed => new HostedSpaces(seed))
