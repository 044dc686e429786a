/**
 * Space inbound: the messages about rooms and shared configs, from the bytes of a peer to the steps of the spaces.
 *
 * Either all facts of a rumor are verified, or none. None is verified if a fact is rejected, if no fact is new, or if
 * the facts exceed a rate. Of the facts in a frame, only the new ones are verified, except those that exceed a
 * rate. A rejected fact is no violation of the peer that forwarded it: the peer may have forwarded it in good faith,
 * under the rules of another version. But each fact that is rejected or not new costs a decoding, so a flood of such facts
 * is a violation. wire/space-codec.ts decodes the bytes.
 */
import type { Clock } from '../base/clock.ts'
import { all, andThen } from '../base/maybe-async.ts'
import type { RatedRumor } from '../spaces/space-limits.ts'
import { factOverheadBytes } from '../spaces/space-rates.ts'
import type { Admission } from '../spaces/space-replica.ts'
import type { PrivateRoom } from '../wire/private-room.ts'
import { decodeSpaceFrame, decodeSpaceRumors, type SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { Inbound, type InboundOptions } from './inbound.ts'
import type { RumorVerdict } from './ports.ts'
import { isSigned, type SpaceVerifier } from './space-signatures.ts'
import type { Verified } from './verification.ts'

export interface SpaceInboundOptions extends InboundOptions, Pick<SpaceVerifier, 'verifyGrants'> {
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly clock: Clock
  readonly receiver: SpaceReceiver
}

/** The spaces of the member, as the pipeline calls them. */
export interface SpaceReceiver {
  /** Whether the member receives and forwards messages of a space. */
  isSubscribed(space: string): boolean
  admit(space: string, fact: SpaceFact): Admission
  /** Counts the facts of a rumor. @returns false if they exceed the rate of an author or of the peer that sent them */
  isWithinRates(rumor: RatedRumor): boolean
  /** Counts the new facts of a step. @returns false if they exceed the rate of the peer that sent them */
  takeExchanged(from: string, facts: number): boolean
  /** Counts facts of a step that are not new. @returns false if they exceed the rate of the peer that sent them */
  takeRepeated(from: string, facts: number): boolean
  /** The private room with this space tag; undefined if the space is not private. */
  privateRoom(space: string): PrivateRoom | undefined
  /** A message of a peer about a private room could not be opened. The message changes nothing. */
  unopened(from: string, space: string, bytes: number): void
  /** Steps with their new and verified facts. */
  steps(from: string, steps: readonly SpaceStep[]): void
  /** The verified facts of a rumor. */
  rumors(space: string, facts: readonly SpaceFact[], from: string): void
}

export class SpaceInbound {
  readonly #options: SpaceInboundOptions
  readonly #inbound: Inbound

  constructor(options: SpaceInboundOptions) {
    this.#options = options
    this.#inbound = new Inbound(options)
  }

  frame(from: string, bytes: Uint8Array): void | Promise<void> {
    const { receiver } = this.#options
    const seals = { sender: from, roomOf: (space: string) => receiver.privateRoom(space) }
    const decoded = this.#inbound.message(from, decodeSpaceFrame(bytes, seals)) ?? []
    const subscribed = decoded.filter(({ space }) => receiver.isSubscribed(space))
    const steps = subscribed.filter(({ isUnopened }) => !isUnopened)
    const unopened = subscribed.find(({ isUnopened }) => isUnopened)
    if (unopened) receiver.unopened(from, unopened.space, bytes.length)
    if (steps.length === 0) return
    const verified = steps.map(step => {
      const newFacts = this.#newFacts(from, step)
      return andThen(this.#verified(from, step.space, newFacts), ({ facts }) => ({ ...step, facts }))
    })
    return andThen(all<SpaceStep>(verified), steps => receiver.steps(from, steps))
  }

  rumor(space: string, from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    const { receiver } = this.#options
    if (!receiver.isSubscribed(space)) return 'ignore'
    const decoded = decodeSpaceRumors(bytes, receiver.privateRoom(space))
    if (!decoded.ok && decoded.failure.type === 'unopened') {
      receiver.unopened(from, space, bytes.length)
      return 'reject'
    }
    const facts = this.#inbound.message(from, decoded)
    if (!facts) return 'reject'
    const admissions = facts.map(fact => receiver.admit(space, fact))
    if (admissions.includes('rejected') || !admissions.includes('new')) {
      this.#options.reporter.reportExcess(from, bytes.length)
      return 'ignore'
    }
    const newFacts = facts.filter((_, i) => admissions[i] === 'new')
    const others = facts.filter((_, i) => admissions[i] !== 'new')
    if (!receiver.isWithinRates({ space, from, newFacts, others })) {
      this.#options.reporter.reportExcess(from, bytes.length)
      return 'ignore'
    }
    return andThen(this.#verified(from, space, facts), ({ facts, forged }) => {
      if (forged) return 'reject'
      receiver.rumors(space, facts, from)
      return 'accept'
    })
  }

  /** The new facts of a step that are within the rates. */
  #newFacts(from: string, { space, facts = [] }: SpaceStep): SpaceFact[] {
    const { receiver, reporter } = this.#options
    const admitted: SpaceFact[] = []
    let repeatedBytes = 0
    for (const fact of facts)
      if (receiver.admit(space, fact) === 'new') admitted.push(fact)
      else repeatedBytes += fact.payload.length + factOverheadBytes
    const repeated = facts.length - admitted.length
    if (repeated > 0 && !receiver.takeRepeated(from, repeated)) reporter.reportExcess(from, repeatedBytes)
    const newFacts = admitted.filter(fact => this.#isStateOrWithinRates(space, from, fact))
    if (newFacts.length === 0 || receiver.takeExchanged(from, newFacts.length)) return newFacts
    reporter.reportExcess(
      from,
      newFacts.reduce((sum, { payload }) => sum + payload.length, 0),
    )
    return []
  }

  /**
   * Whether the fact is state, which members exchange, or a broadcast or document update within the rates of its author. Only
   * their author sends these in a frame: otherwise a peer could use up the rate of another author with forged ones.
   */
  #isStateOrWithinRates(space: string, from: string, fact: SpaceFact): boolean {
    if (fact.type !== 'event' && fact.type !== 'update') return true
    const rumor = { space, from, newFacts: [fact], others: [] }
    if (fact.author === from && this.#options.receiver.isWithinRates(rumor)) return true
    this.#options.reporter.reportExcess(from, fact.payload.length)
    return false
  }

  #verified(
    from: string,
    space: string,
    facts: readonly SpaceFact[],
  ): Verified<SpaceFact> | Promise<Verified<SpaceFact>> {
    return this.#inbound.valid(from, facts, fact => isSigned(space, fact, this.#options))
  }
}
