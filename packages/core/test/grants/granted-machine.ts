/** One member of a cluster with an authority: its machine behind the one pipeline for received bytes, and its admission. */
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, signedFact, testTag } from '../../../../test/helpers/signed-facts.ts'
import type { Instant } from '../../src/base/clock.ts'
import type { GrantChain } from '../../src/grants/grant-chain.ts'
import { MemberGrants } from '../../src/grants/member-grants.ts'
import { GrantExchange } from '../../src/libp2p/admission/grant-exchange.ts'
import { Expulsions } from '../../src/member/expulsions.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import type { MachineEffect, MachineInput } from '../../src/member/machine-io.ts'
import { MembershipMachine } from '../../src/member/membership-machine.ts'
import { PolicySet } from '../../src/policy/policy-set.ts'
import { revocationKind } from '../../src/policy/revocation-kind.ts'
import { ClusterInbound } from '../../src/runtime/cluster-inbound.ts'
import { encodeRumors, encodeSync, syncMessage } from '../../src/wire/codec.ts'
import { draftFact, type SignedFact } from '../../src/wire/fact.ts'
import { authority, chainOf, member, verifier } from './issued-chains.ts'

export const startEpochMs = 1_700_000_000_000
export const self: string = idOf('founder')

export class GrantedMachine {
  readonly grants = new MemberGrants({ authority, cluster: testTag, keys: verifier })
  readonly machine: MembershipMachine
  readonly inbound: ClusterInbound
  readonly exchange: GrantExchange
  /** All effects so far. */
  readonly effects: MachineEffect[] = []
  readonly violations: string[] = []
  now: Instant = { monotonicMs: 0, epochMs: startEpochMs }

  private constructor(own: GrantChain) {
    const { grants } = this
    const clock = { now: () => this.now, setTimer: () => () => {} }
    const record = {
      ...firstRecord({ name: 'founder', tags: {}, incarnation: startEpochMs }),
      grants: own.bytes,
    }
    this.machine = new MembershipMachine(
      {
        self,
        record,
        bootstrap: [],
        profile: 'lan',
        random: mulberry32(1),
        authority: { grants, expulsions: options => new Expulsions(options) },
        policy: new PolicySet({ kinds: { revocation: revocationKind(grants) }, authority }),
      },
      this.now,
    )
    this.inbound = new ClusterInbound({
      table: this.machine.table,
      policy: this.machine.policy,
      filter: this.machine.factFilter,
      cluster: testTag,
      clock,
      keys: verifier,
      grants,
      receiver: this,
      reporter: { reportViolation: (_, kind) => void this.violations.push(kind), reportExcess() {} },
    })
    const { policy } = this.machine
    this.exchange = new GrantExchange({ self, grants, clock, own: () => own.bytes, policy })
    this.#execute(this.machine.start({}, this.now))
  }

  static async start(): Promise<GrantedMachine> {
    const grant = { roles: ['admin'], notAfterMs: startEpochMs * 2, mayInvite: true }
    return new GrantedMachine(await chainOf(member('founder', grant)))
  }

  handle(input: MachineInput): void {
    this.#execute(this.machine.handle(input, this.now))
  }

  advance(ms: number): void {
    const { monotonicMs, epochMs } = this.now
    this.now = { monotonicMs: monotonicMs + ms, epochMs: epochMs + ms }
    this.#execute(this.machine.advance(this.now))
  }

  /** The record of this member arrives in a rumor, and directly from itself. */
  receive(id: string, grants: Uint8Array | undefined, incarnation = startEpochMs): void {
    const record = {
      ...firstRecord({ name: id.slice(-6), tags: {}, incarnation }),
      ...(grants && { grants }),
    }
    const fact = signedFact(id, { type: 'record', record })
    void this.inbound.rumor(id, encodeRumors([fact]))
    this.inbound.sync(id, encodeSync(syncMessage({ facts: [fact] })))
  }

  /** A revocation arrives in a rumor. @param chain the grants of the author; undefined: the authority is the author */
  revoke(subject: string, untilEpochMs: number, author = authority, chain?: GrantChain): void {
    const body = {
      type: 'revocation',
      subject,
      untilEpochMs,
      epochMs: this.now.epochMs,
      grants: chain?.bytes ?? new Uint8Array(),
    } as const
    const fact: SignedFact = signedFact(author, draftFact(author, body))
    void this.inbound.rumor(idOf('a peer'), encodeRumors([fact]))
  }

  get members(): readonly string[] {
    return this.machine.members().map(({ id }) => id)
  }

  /** The names of the effects since the last call. */
  takeEffects(): string[] {
    return this.effects.splice(0).map(effect => (effect.type === 'event' ? effect.event.type : effect.type))
  }

  #execute(effects: readonly MachineEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect)
      if (effect.type !== 'sign') continue
      const fact = signedFact(self, effect.draft)
      this.#execute(this.machine.handle({ type: 'signed', fact }, this.now))
    }
  }
}
