/**
 * Space limits: decides whether the rates allow what other members send to the spaces and what the local member publishes,
 * and counts what the rates do not allow.
 */
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { ClientRates } from './documents/client-rates.ts'
import { bytesOf } from './frame-packing.ts'
import type { OpenSpaces } from './open-spaces.ts'
import type { SpaceMembers } from './space-members.ts'
import { SpaceRates } from './space-rates.ts'
import type { SpaceReplica } from './space-replica.ts'

/** A rumor, and the peer that forwarded it. */
export interface RatedRumor {
  readonly space: string
  readonly from: string
  readonly newFacts: readonly SpaceFact[]
  /** Facts that are not new. */
  readonly others: readonly SpaceFact[]
}

export class SpaceLimits {
  /** The rates of the clients that streams add to documents. */
  readonly clientRates: ClientRates = new ClientRates()
  readonly #spaces: OpenSpaces
  readonly #members: SpaceMembers
  readonly #rates = new SpaceRates()
  #exceeded = 0

  constructor(spaces: OpenSpaces, members: SpaceMembers) {
    this.#spaces = spaces
    this.#members = members
  }

  /** How often so far a rate was exceeded by others. */
  get exceeded(): number {
    return this.#exceeded
  }

  /** Counts updates of streams that exceeded a rate. */
  recordExceeded(updates: number): void {
    this.#exceeded += updates
  }

  /** Counts the facts of a rumor. @returns whether the rates allow it */
  takeRumor({ space, from, newFacts, others }: RatedRumor, nowMs: number): boolean {
    const isAllowed =
      newFacts.every(fact => this.#takeNew(space, from, fact, nowMs)) &&
      others.every(fact => this.#rates.takeOfPeer(from, fact, nowMs))
    if (!isAllowed) this.#exceeded += 1
    return isAllowed
  }

  /** Counts new facts that a peer sends in an exchange. @returns whether its rate allows them */
  takeExchanged(from: string, facts: number, nowMs: number): boolean {
    const isAllowed = this.#rates.takeExchanged(from, facts, nowMs)
    if (!isAllowed) this.#exceeded += 1
    return isAllowed
  }

  /** Counts facts that are not new and that a peer sends in an exchange. @returns whether its rate allows them */
  takeRepeated(from: string, facts: number, nowMs: number): boolean {
    const isAllowed = this.#rates.takeRepeated(from, facts, nowMs)
    if (!isAllowed) this.#exceeded += 1
    return isAllowed
  }

  /**
   * The facts of a peer were merged. Facts by which a space grew do not count against the peer's rate.
   *
   * @param facts by how many facts the space grew; negative if it has fewer now
   */
  grew(from: string, facts: number, nowMs: number): void {
    this.#rates.grew(from, facts, nowMs)
  }

  /** Whether the rate of answers to a peer allows another one. */
  mayAnswer(to: string, nowMs: number): boolean {
    const isAllowed = this.#rates.mayAnswer(to, nowMs)
    if (!isAllowed) this.#exceeded += 1
    return isAllowed
  }

  /** Counts the steps of an answer, and those of its request. @returns approximate bytes of these steps */
  answered(
    to: string,
    steps: readonly SpaceStep[],
    { facts, documents }: SpaceReplica,
    nowMs: number,
  ): number {
    if (steps.length === 0) return 0
    let contentBytes = facts.bytes
    for (const { digest } of documents.values()) contentBytes += digest.liveBytes
    const bytes = steps.reduce((sum, step) => sum + bytesOf(step), 0)
    this.#rates.answered(to, bytes, contentBytes, nowMs)
    return bytes
  }

  /** Counts what the local member publishes. @returns whether its rate allows it */
  takeOwn(kind: 'events' | 'state', bytes: number, nowMs: number): boolean {
    return this.#rates.takeOwn(kind, bytes, nowMs)
  }

  /** Called at intervals. */
  sweep(nowMs: number): void {
    this.#rates.sweep(nowMs)
    this.clientRates.sweep(nowMs)
  }

  #takeNew(space: string, from: string, fact: SpaceFact, nowMs: number): boolean {
    const isOfMember = this.#members.isPresentIn(fact.author, space)
    const isAllowed = isOfMember
      ? this.#rates.takeOfMember(fact, nowMs)
      : this.#rates.takeOfPeer(from, fact, nowMs)
    if (!isAllowed || fact.type !== 'update') return isAllowed
    const sync = this.#spaces.current.get(space)?.replica.documents.get(fact.document)
    const added = sync?.newClients(fact.update) ?? 0
    if (!sync || added === 0) return true
    return isOfMember
      ? this.clientRates.takeOfAuthor(fact.author, added, nowMs)
      : this.clientRates.takeOfPeer(from, added, sync.digest.clients, nowMs)
  }
}
