/**
 * Membership target: random inputs of a membership machine behind its inbound pipeline: facts of members, of strangers and
 * with its own identity, forged, stale and dated in the future, in small and in large numbers.
 */
import fc from 'fast-check'
import type { Instant } from '../../packages/core/src/base/clock.ts'
import { firstRecord } from '../../packages/core/src/member/local-record.ts'
import type { MachineEffect, MachineInput } from '../../packages/core/src/member/machine-io.ts'
import { MembershipMachine } from '../../packages/core/src/member/membership-machine.ts'
import { ClusterInbound } from '../../packages/core/src/runtime/cluster-inbound.ts'
import { encodeProbe, encodeRumors, encodeSync, syncMessage } from '../../packages/core/src/wire/codec.ts'
import type { FactBody, SignedFact } from '../../packages/core/src/wire/fact.ts'
import { signedBytes } from '../../packages/core/src/wire/signing.ts'
import { syncMessages } from '../../packages/core/test/wire/codec-arbitraries.ts'
import { signatureOf } from '../../packages/simulator/src/simulated-signature.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'
import {
  forgedFact,
  heartbeatBody,
  idOf,
  introductionBody,
  recordBody,
  signedFact,
  suspicionBody,
  testTag,
} from '../helpers/signed-facts.ts'
import { connectionEvent, probeOf } from './detector-target.ts'
import { type Hosted, historyTarget } from './history.ts'
import type { Target } from './target.ts'

const epochMs = 1_700_000_000_000
const dayMs = 86_400_000
const self = idOf('self')
const ids = [self, ...Array.from({ length: 12 }, (_, i) => idOf(`member ${i}`))]
const strangers = Array.from({ length: 60 }, (_, i) => idOf(`stranger ${i}`))
const maxMembers = 40
const maxProvisional = 256

/** What arrives from a peer as bytes, or from the host. */
type Input =
  | {
      readonly type: 'bytes'
      readonly channel: 'probe' | 'sync' | 'rumor'
      readonly from: string
      readonly bytes: Uint8Array
    }
  | MachineInput

const id = fc.constantFrom(...ids)
const peer = fc.constantFrom(...ids.slice(1))
const incarnation = fc.oneof(
  { weight: 4, arbitrary: fc.nat(3).map(later => epochMs + later) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      0,
      1,
      epochMs - dayMs,
      epochMs + 3_600_000,
      epochMs + 400 * dayMs,
      2 ** 53 - 1,
    ),
  },
)
const sequence = fc.oneof(fc.nat(9), fc.maxSafeNat())
const body: fc.Arbitrary<FactBody> = fc.oneof(
  fc
    .record({
      incarnation,
      version: fc.oneof(fc.nat(4), fc.maxSafeNat()),
      name: fc.constantFrom('a', 'b'),
      leaving: fc.boolean(),
      leftEpochMs: fc.oneof(fc.constant(0), incarnation),
      attention: fc.record({
        state: fc.constantFrom('full' as const, 'hidden' as const, 'frozen' as const, 'asleep' as const),
        leaseMs: fc.nat(3_600_000),
      }),
      addresses: fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 3 }),
    })
    .map(recordBody),
  fc.tuple(incarnation, sequence).map(([incarnation, sequence]) => heartbeatBody(incarnation, sequence)),
  fc
    .tuple(id, incarnation, fc.boolean())
    .map(([subject, incarnation, refused]) => suspicionBody(subject, incarnation, refused)),
  fc
    .tuple(fc.constantFrom(...ids, ...strangers), incarnation)
    .map(([subject, incarnation]) => introductionBody(subject, incarnation)),
)
const fact = fc
  .tuple(id, body, fc.nat(9))
  .map(([author, body, chance]) => (chance === 0 ? forgedFact(author, body) : signedFact(author, body)))
const facts = fc.array(fact, { minLength: 1, maxLength: 5 })
/** Sampled once, because an arbitrary sync message takes a millisecond. */
const syncs = fc.sample(syncMessages, { seed: 1, numRuns: 100 })
/** More identities than the table has rows. */
const flood = incarnation.map(incarnation => strangers.map(id => signedFact(id, recordBody({ incarnation }))))

const input: fc.Arbitrary<Input> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.oneof({ weight: 20, arbitrary: facts }, { weight: 1, arbitrary: flood }).chain(facts =>
      peer.map(from => ({
        type: 'bytes' as const,
        channel: 'rumor' as const,
        from,
        bytes: encodeRumors(facts),
      })),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(peer, fc.constantFrom(syncMessage({ offer: true }), ...syncs), facts)
      .map(([from, message, facts]) => ({
        type: 'bytes' as const,
        channel: 'sync' as const,
        from,
        bytes: encodeSync({ ...message, facts }),
      })),
  },
  fc.tuple(peer, probeOf(id)).map(([from, message]) => ({
    type: 'bytes' as const,
    channel: 'probe' as const,
    from,
    bytes: encodeProbe(message),
  })),
  fc.record({
    type: fc.constant('connection' as const),
    id: peer,
    state: connectionEvent,
    isOurs: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('bootstrap-connected' as const),
    address: fc.constant('/ip4/10.0.0.1/tcp/1'),
    id: peer,
  }),
  fc.record({ type: fc.constant('bootstrap-failed' as const), address: fc.constant('/ip4/10.0.0.1/tcp/1') }),
  fc.record({ type: fc.constant('connect-now' as const), id: peer }),
  fc.record({
    type: fc.constantFrom('silent-pubsub' as const, 'extra-peers' as const, 'relays' as const),
    ids: fc.uniqueArray(peer, { maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant('local-change' as const),
    change: fc.oneof(
      fc.record({ name: fc.string({ maxLength: 4 }) }),
      fc.constant({ attention: { state: 'hidden' as const, leaseMs: 60_000 } }),
      fc.constant({ attention: { state: 'asleep' as const, leaseMs: 60_000 } }),
    ),
  }),
  fc.constantFrom({ type: 'network-changed' as const }, { type: 'measure-round-trips' as const }),
  fc.record({ type: fc.constant('suspended' as const), ms: fc.integer({ min: 1, max: dayMs }) }),
  {
    weight: 1,
    arbitrary: fc
      .nat(9)
      .map(chance => (chance === 0 ? { type: 'leave' as const } : { type: 'network-changed' as const })),
  },
)

class HostedMember implements Hosted<Input> {
  readonly effects: MachineEffect[] = []
  readonly #machine: MembershipMachine
  readonly #inbound: ClusterInbound
  /** The facts whose signatures were checked. */
  readonly #genuine = new WeakSet<SignedFact>()
  #nowMs = 0

  constructor(seed: number) {
    const record = firstRecord({ name: 'self', tags: {}, incarnation: epochMs })
    this.#machine = new MembershipMachine(
      {
        self,
        record,
        bootstrap: ['/ip4/10.0.0.1/tcp/1'],
        profile: 'lan',
        random: mulberry32(seed),
        maxMembers,
      },
      this.#now,
    )
    this.#inbound = new ClusterInbound({
      table: this.#machine.table,
      policy: this.#machine.policy,
      filter: this.#machine.factFilter,
      cluster: testTag,
      clock: { now: () => this.#now, setTimer: () => () => {} },
      keys: { verify: (author, bytes, signature) => isSame(signature, signatureOf(author, bytes)) },
      reporter: { reportViolation() {}, reportExcess() {} },
      receiver: { handle: input => this.#carryOut(this.#machine.handle(input, this.#now)) },
    })
    this.#carryOut(this.#machine.start({}, this.#now))
  }

  handle(input: Input, nowMs: number): void {
    this.#nowMs = nowMs
    if (input.type !== 'bytes') this.#carryOut(this.#machine.handle(input, this.#now))
    else {
      this.#carryOut(this.#machine.received(input.from, this.#now))
      void this.#inbound[input.channel](input.from, input.bytes)
    }
    this.#checkState()
  }

  advance(nowMs: number): void {
    this.#nowMs = nowMs
    this.#carryOut(this.#machine.advance(this.#now))
    this.#checkState()
  }

  deadlineMs(): number {
    return this.#machine.deadlineMs()
  }

  get #now(): Instant {
    return { monotonicMs: this.#nowMs, epochMs: epochMs + this.#nowMs }
  }

  #carryOut(effects: readonly MachineEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect)
      if (effect.type !== 'sign') continue
      if (effect.draft.author !== self) throw new Error('a draft of another member')
      const fact: SignedFact = {
        ...effect.draft,
        signature: signatureOf(self, signedBytes(testTag, effect.draft)),
      }
      this.#carryOut(this.#machine.handle({ type: 'signed', fact }, this.#now))
    }
  }

  #checkState(): void {
    const usage = this.#machine.usage()
    const { members, tombstones, heartbeatArrivals, roundTrips, rumors, syncPeers, connections, dials } =
      usage
    const known = ids.length + strangers.length
    const isBounded =
      members <= maxMembers &&
      tombstones <= known &&
      heartbeatArrivals <= maxMembers &&
      roundTrips <= known &&
      rumors <= 4_096 &&
      syncPeers <= 4 * known &&
      connections <= ids.length &&
      dials <= known + 1 &&
      usage.provisional <= maxProvisional &&
      usage.quotas <= known
    if (!isBounded) throw new Error(`beyond a bound: ${JSON.stringify(usage)}`)
    for (const { record, heartbeat, introduction, suspicions } of this.#machine.table.rows())
      for (const fact of [record, heartbeat, introduction, ...(suspicions?.claims ?? [])])
        if (fact && !this.#genuine.has(fact)) this.#checkSignature(fact)
    if (!this.#machine.member(self)) throw new Error('the member is not in its own table')
  }

  #checkSignature(fact: SignedFact): void {
    if (!isSame(fact.signature, signatureOf(fact.author, signedBytes(testTag, fact))))
      throw new Error(`a forged ${fact.type} is in the table`)
    this.#genuine.add(fact)
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

export const membershipTarget: Target = historyTarget('membership', input, seed => new HostedMember(seed))
