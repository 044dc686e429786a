/**
 * Spaces driver: runs the spaces of one member with its clock and transport.
 *
 * Messages of peers pass space-inbound.ts first. If signing and verifying are synchronous, a step is synchronous, too.
 *
 * A step may begin during another step: a listener of a document runs while an update is applied. The inner
 * step changes the spaces immediately. The driver executes the effects of the inner step at the end of the
 * outermost step, and notifies the app after that.
 */
import type { ConnectionEvent } from '@hearsay/failure-detector'
import type { Clock } from '../base/clock.ts'
import { all, andThen } from '../base/maybe-async.ts'
import type { SharedUpdates } from '../spaces/documents/shared-updates.ts'
import { PrivateRooms } from '../spaces/private-rooms.ts'
import type { RatedRumor } from '../spaces/space-limits.ts'
import type { Admission, SpaceReplica } from '../spaces/space-replica.ts'
import type { ClusterView } from '../spaces/space-roster.ts'
import { Spaces } from '../spaces/spaces.ts'
import type { DocumentsUsage, SpacesUsage } from '../spaces/spaces-usage.ts'
import type { PrivateRoom } from '../wire/private-room.ts'
import { type Signer, signedSpaceBytes, type Verifier } from '../wire/signing.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import { draftSpaceFact, type SpaceDraft, type SpaceFact, type SpaceFactBody } from '../wire/space-fact.ts'
import type { AppNotifications } from './app-notifications.ts'
import type { MembershipPort, RumorVerdict, SpacesPort, Transport } from './ports.ts'
import { SpaceEffects } from './space-effects.ts'
import { SpaceInbound, type SpaceReceiver } from './space-inbound.ts'
import { isSigned, type SpaceVerifier } from './space-signatures.ts'
import { verify } from './verification.ts'

export interface SpacesDriverOptions extends Pick<SpaceVerifier, 'verifyGrants'> {
  readonly view: ClusterView
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly clock: Clock
  readonly notifications: AppNotifications
  readonly transport: Transport
  readonly keys: Signer & Verifier
  readonly random: () => number
  readonly membership: MembershipPort
  /** The private rooms of this member. @default none is private */
  readonly privateRooms?: PrivateRooms
}

/** The handle of a space, as the driver calls it. Changes of the content arrive through the replica. */
export interface SpaceListener {
  /** A step has ended in which anything may have changed. */
  stepped(): void
  /** A member has exactly the facts of this one. */
  factsAgreed?(memberId: string): void
}

const maxDeltaBytes = 49_152

export class SpacesDriver implements SpacesPort, SpaceReceiver {
  readonly #options: SpacesDriverOptions
  readonly #spaces: Spaces
  readonly #inbound: SpaceInbound
  readonly #listeners = new Map<string, SpaceListener>()
  readonly #privateRooms: PrivateRooms
  readonly #effects: SpaceEffects
  #cancelTimer: () => void = () => {}
  #isStepping = false
  #isRunning = true

  constructor(options: SpacesDriverOptions) {
    this.#options = options
    const { view, random, clock, privateRooms = new PrivateRooms() } = options
    this.#privateRooms = privateRooms
    this.#spaces = new Spaces({ view, random, maxDeltaBytes }, clock.now().monotonicMs)
    this.#effects = new SpaceEffects({ ...options, privateRooms, members: this.#spaces.members })
    this.#inbound = new SpaceInbound({ ...options, receiver: this, reporter: options.membership })
  }

  usage(): SpacesUsage {
    return this.#spaces.usage()
  }

  documentsUsage(): DocumentsUsage {
    return this.#spaces.documentsUsage()
  }

  clockStepped(): void {
    this.#step(spaces => spaces.sweep(this.#options.clock.now()))
  }

  /** Enters a space. @param least lower bound of the generation. @returns the generation */
  enter(space: string, content: SpaceReplica, listener: SpaceListener, least: number): number {
    this.#listeners.set(space, listener)
    return this.#step(spaces => spaces.enter(space, content, least, this.#options.clock.now()))
  }

  /** Gives the member's visit to a space another generation, and returns it. @param least as for `enter` */
  renew(space: string, least: number): number | undefined {
    return this.#step(spaces => spaces.renew(space, least, this.#options.clock.now()))
  }

  leave(space: string): void {
    this.#listeners.delete(space)
    this.#step(spaces => spaces.leave(space, this.#options.clock.now()))
  }

  /**
   * Signs facts and publishes them in a space; this member's replica receives them, too. If signing is asynchronous, the
   * returned promise resolves when that is done.
   */
  publish(space: string, bodies: readonly SpaceFactBody[]): void | Promise<void> {
    const { keys, cluster, view, clock } = this.#options
    const drafts = bodies.map(body => draftSpaceFact(view.self, body))
    const signed = drafts.map(draft =>
      andThen(keys.sign(signedSpaceBytes(cluster, space, draft)), signature => signedBy(draft, signature)),
    )
    return andThen(all(signed), facts =>
      this.#step(spaces => spaces.facts.publish(space, facts, clock.now())),
    )
  }

  /** Sends local changes that are too long for a rumor to connected members with the document. */
  push(space: string, document: string, updates: SharedUpdates): void {
    this.#step(spaces => spaces.push(space, document, updates, this.#options.clock.now()))
  }

  /** Requests missing changes from a connected member with the document. */
  request(space: string, document: string): void {
    this.#step(spaces => spaces.request(space, document, this.#options.clock.now()))
  }

  /** Counts a collision: two replicas used one client id. */
  collided(): void {
    this.#spaces.collided()
  }

  /** The set of members with a document of the space changed. */
  regroup(space: string): void {
    this.#step(spaces => spaces.regroup(space, this.#options.clock.now()))
  }

  /** Whether local changes are still being sent to a member. */
  get hasUnsent(): boolean {
    return this.#spaces.pushes > 0
  }

  /** Whether dialling the member failed, or it is connected and does not answer. */
  isUnreachable(id: string): boolean {
    return this.#spaces.isUnreachable(id)
  }

  /** The facts and documents of a space; undefined if this member is not in it. */
  contentOf(space: string): SpaceReplica | undefined {
    return this.#spaces.contentOf(space)
  }

  /** The other members of a space. */
  othersIn(space: string): string[] {
    return this.#spaces.members.othersIn(space)
  }

  /** Members of a space that are suspect and were never seen alive here. */
  suspectsIn(space: string): string[] {
    return this.#spaces.members.suspectsIn(space)
  }

  /** Requests the ids of all facts from some members of a space. `factsAgreed` reports each member with equal facts. */
  requestFactIds(space: string): void {
    this.#step(spaces => spaces.requestFactIds(space, this.#options.clock.now()))
  }

  connectionChanged(id: string, state: ConnectionEvent): void {
    this.#step(spaces => spaces.connectionChanged(id, state, this.#options.clock.now()))
  }

  /** Records or statuses of these members changed. Listeners are called once, after all changes. */
  membersChanged(ids: readonly string[]): void {
    this.#step(spaces => {
      for (const id of ids) spaces.memberChanged(id, this.#options.clock.now())
    })
  }

  frame(from: string, bytes: Uint8Array): void | Promise<void> {
    return this.#inbound.frame(from, bytes)
  }

  rumor(space: string, from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    return this.#inbound.rumor(space, from, bytes)
  }

  privateRoom(space: string): PrivateRoom | undefined {
    return this.#privateRooms.of(space)
  }

  /**
   * A member in the room can seal, so it breaks the protocol. Any other peer may have learnt the topic from its peers, and
   * its bytes count as a flood if they are many.
   */
  unopened(from: string, space: string, bytes: number): void {
    const { membership } = this.#options
    this.#spaces.unopened()
    if (this.#spaces.members.isPresentIn(from, space))
      membership.reportViolation(from, 'undecodable', 'a message that it did not seal for its private room')
    else membership.reportExcess(from, bytes)
  }

  isSubscribed(space: string): boolean {
    return this.#isRunning && this.#spaces.isSubscribed(space)
  }

  admit(space: string, fact: SpaceFact): Admission {
    return this.#spaces.facts.admit(space, fact, this.#options.clock.now())
  }

  isWithinRates(rumor: RatedRumor): boolean {
    return this.#spaces.limits.takeRumor(rumor, this.#options.clock.now().monotonicMs)
  }

  takeExchanged(from: string, facts: number): boolean {
    return this.#spaces.limits.takeExchanged(from, facts, this.#options.clock.now().monotonicMs)
  }

  takeRepeated(from: string, facts: number): boolean {
    return this.#spaces.limits.takeRepeated(from, facts, this.#options.clock.now().monotonicMs)
  }

  /** Counts a broadcast of this member. @returns false if it broadcasts more than other members accept */
  mayBroadcast(bytes: number): boolean {
    return this.#spaces.limits.takeOwn('events', bytes, this.#options.clock.now().monotonicMs)
  }

  steps(from: string, steps: readonly SpaceStep[]): void {
    this.#step(spaces => spaces.steps(from, steps, this.#options.clock.now()))
  }

  rumors(space: string, facts: readonly SpaceFact[], from: string): void {
    this.#step(spaces => spaces.rumors(space, facts, from, this.#options.clock.now()))
  }

  /** Whether all of these facts of a space have valid signatures of their authors. */
  async areSigned(space: string, facts: readonly SpaceFact[]): Promise<boolean> {
    const { forged } = await verify(facts, fact => isSigned(space, fact, this.#options))
    return !forged
  }

  stop(): void {
    this.#isRunning = false
    this.#cancelTimer()
  }

  #step<T>(act: (spaces: Spaces) => T): T {
    return this.#options.notifications.step(() => {
      if (this.#isStepping || !this.#isRunning) return act(this.#spaces)
      this.#isStepping = true
      try {
        const result = act(this.#spaces)
        while (this.#finish());
        return result
      } finally {
        this.#isStepping = false
        this.#schedule()
      }
    })
  }

  /**
   * Executes effects and calls listeners.
   *
   * @returns whether there were any: if so, new effects may have been added
   */
  #finish(): boolean {
    const effects = this.#spaces.take()
    for (const effect of effects)
      if (effect.type === 'agreed') this.#listeners.get(effect.space)?.factsAgreed?.(effect.with)
      else this.#effects.execute(effect)
    const touched = this.#spaces.takeTouched()
    for (const space of touched) this.#listeners.get(space)?.stepped()
    return effects.length + touched.length > 0
  }

  #schedule(): void {
    const { clock } = this.#options
    this.#cancelTimer()
    const deadlineMs = this.#spaces.deadlineMs()
    if (!this.#isRunning || deadlineMs === Number.POSITIVE_INFINITY) return
    this.#cancelTimer = clock.setTimer(deadlineMs, () =>
      this.#step(spaces => spaces.advance(this.#options.clock.now())),
    )
  }
}

function signedBy(draft: SpaceDraft, signature: Uint8Array): SpaceFact {
  return { ...draft, signature }
}
