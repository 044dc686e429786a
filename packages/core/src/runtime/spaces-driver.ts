/**
 * Spaces driver: pumps the spaces of one member through its clock and transport.
 *
 * All that comes from outside is decoded, reduced to what is news, and verified before the spaces see it, as the
 * driver of the cluster does it. When signing and verifying answer at once, so does this.
 *
 * A step may begin within another one: a listener of a document runs while an update is applied. It changes the spaces at
 * once; what has to be done for it is done at the end of the outermost step, and the app is notified after that.
 */

import type { Clock } from '../base/clock.ts'
import { all, andThen } from '../base/maybe-async.ts'
import type { SharedUpdates } from '../spaces/documents/shared-updates.ts'
import { framesOf } from '../spaces/frame-packing.ts'
import type { SpaceReplica } from '../spaces/space-replica.ts'
import type { ClusterView } from '../spaces/space-roster.ts'
import type { SpacesUsage } from '../spaces/spaces.ts'
import { Spaces, type SpacesEffect } from '../spaces/spaces.ts'
import type { SpaceGeneration } from '../wire/fact.ts'
import { type Signer, signedSpaceBytes, type Verifier } from '../wire/signing.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
  type SpaceStep,
} from '../wire/space-codec.ts'
import { draftSpaceFact, type SpaceDraft, type SpaceFact, type SpaceFactBody } from '../wire/space-fact.ts'
import type { AppNotifications } from './app-notifications.ts'
import type { Violation } from './peer-score.ts'
import type { RumorVerdict, Transport } from './ports.ts'
import type { SpacesPort } from './spaces-port.ts'
import { type Verified, verify } from './verification.ts'

export interface SpacesDriverOptions {
  readonly view: ClusterView
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly clock: Clock
  readonly notifications: AppNotifications
  readonly transport: Transport
  readonly keys: Signer & Verifier
  readonly random: () => number
  /** Tells others in which spaces this member is. */
  readonly announce: (spaces: readonly SpaceGeneration[]) => void
  /** Connects to these members besides. */
  readonly setExtraPeers: (ids: readonly string[]) => void
  readonly reportViolation: (from: string, offence: Violation, detail: string) => void
}

/** What a face of a space hears beside its content's own news. */
export interface SpaceListener {
  /** After each step in which anything may have changed. */
  stepped(): void
  /** A member holds just what this one does. */
  digestAgreed?(memberId: string): void
}

const maxDeltaBytes = 49_152

export class SpacesDriver implements SpacesPort {
  readonly #options: SpacesDriverOptions
  readonly #spaces: Spaces
  readonly #listeners = new Map<string, SpaceListener>()
  #cancelTimer: () => void = () => {}
  #isStepping = false
  #isRunning = true

  constructor(options: SpacesDriverOptions) {
    this.#options = options
    const { view, random, clock } = options
    this.#spaces = new Spaces({ view, random, maxDeltaBytes }, clock.now().monotonicMs)
  }

  usage(): SpacesUsage {
    return this.#spaces.usage()
  }

  clockStepped(): void {
    this.#step(spaces => spaces.sweep(this.#options.clock.now()))
  }

  /** @param least the entry's number is at least this. @returns the number */
  enter(space: string, content: SpaceReplica, listener: SpaceListener, least: number): number {
    this.#listeners.set(space, listener)
    return this.#step(spaces => spaces.enter(space, content, least, this.#options.clock.now()))
  }

  leave(space: string): void {
    this.#listeners.delete(space)
    this.#step(spaces => spaces.leave(space, this.#options.clock.now()))
  }

  /** Says something in a space, to oneself as well: at once, or, if signing takes time, when it resolves. */
  publish(space: string, bodies: readonly SpaceFactBody[]): void | Promise<void> {
    const { keys, cluster, view, clock } = this.#options
    const drafts = bodies.map(body => draftSpaceFact(view.self, body))
    const signed = drafts.map(draft =>
      andThen(keys.sign(signedSpaceBytes(cluster, space, draft)), signature => signedBy(draft, signature)),
    )
    return andThen(all(signed), facts => this.#step(spaces => spaces.publish(space, facts, clock.now())))
  }

  /** Sends what was written here, and is too long for a rumor, to connected members that hold the document. */
  push(space: string, document: string, updates: SharedUpdates): void {
    this.#step(spaces => spaces.push(space, document, updates, this.#options.clock.now()))
  }

  /** Asks a connected member that holds the document for what is lacking here. */
  request(space: string, document: string): void {
    this.#step(spaces => spaces.request(space, document, this.#options.clock.now()))
  }

  /** Two replicas wrote under one client id. */
  collided(): void {
    this.#spaces.collided()
  }

  /** Who holds which document of a space changed. */
  regroup(space: string): void {
    this.#step(spaces => spaces.regroup(space, this.#options.clock.now()))
  }

  /** Whether what was written here is still on its way to somebody. */
  get hasUnsent(): boolean {
    return this.#spaces.pushes > 0
  }

  /** It was dialled in vain, or is connected and does not answer. */
  isUnreachable(id: string): boolean {
    return this.#spaces.isUnreachable(id)
  }

  /** Members of a space, oneself excepted. */
  othersIn(space: string): string[] {
    return this.#spaces.othersIn(space)
  }

  /** Members of a space that are suspect, and were never alive here. */
  suspectsIn(space: string): string[] {
    return this.#spaces.suspectsIn(space)
  }

  /** Something of one's own changed in a space that is too long to be said. */
  hurry(space: string): void {
    this.#step(spaces => spaces.syncSoonWithAll(space, this.#options.clock.now()))
  }

  /** Members of a space that one is connected to. */
  neighboursIn(space: string): string[] {
    return this.#spaces.neighboursIn(space)
  }

  /** Asks some of a space what they hold; those who hold the same are told of as `digestAgreed`. */
  requestDigest(space: string): void {
    this.#step(spaces => spaces.requestDigest(space, this.#options.clock.now()))
  }

  linkOpened(id: string): void {
    this.#step(spaces => spaces.linkOpened(id, this.#options.clock.now()))
  }

  linkClosed(id: string): void {
    this.#step(spaces => spaces.linkClosed(id, this.#options.clock.now()))
  }

  linkFailed(id: string): void {
    this.#step(spaces => spaces.linkFailed(id, this.#options.clock.now()))
  }

  /** Records or statuses of these members changed: listeners are called when all of that is taken in. */
  membersChanged(ids: readonly string[]): void {
    this.#step(spaces => {
      for (const id of ids) spaces.memberChanged(id, this.#options.clock.now())
    })
  }

  frame(from: string, bytes: Uint8Array): void {
    const decoded = decodeSpaceFrame(bytes)
    if (!decoded.ok) {
      this.#options.reportViolation(from, 'undecodable', decoded.failure.detail)
      return
    }
    const facts = decoded.value.filter(({ space }) => this.#spaces.isSubscribed(space))
    if (facts.length > 0) andThen(this.#verifySteps(from, facts), steps => this.#receive(from, steps))
  }

  rumor(space: string, from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    const { clock, reportViolation } = this.#options
    if (!this.#isRunning || !this.#spaces.isSubscribed(space)) return 'ignore'
    const decoded = decodeSpaceRumors(bytes)
    if (!decoded.ok) {
      reportViolation(from, 'undecodable', decoded.failure.detail)
      return 'reject'
    }
    const facts = decoded.value
    const now = clock.now()
    const admissions = facts.map(fact => this.#spaces.admit(space, fact, now))
    // Relayed in good faith, perhaps by one that has other rules: no offence, and it ends here.
    if (admissions.includes('rejected') || !admissions.includes('new')) return 'ignore'
    return andThen(this.#verify(space, facts), ({ facts, forged }) => {
      if (forged) {
        reportViolation(from, 'bad-signature', 'a rumor in a space that its author did not sign')
        return 'reject'
      }
      this.#step(spaces => spaces.rumors(space, facts, from, clock.now()))
      return 'accept'
    })
  }

  /** Whether all of these facts of a space are signed by their authors. */
  async areSigned(space: string, facts: readonly SpaceFact[]): Promise<boolean> {
    const { forged } = await this.#verify(space, facts)
    return !forged
  }

  stop(): void {
    this.#isRunning = false
    this.#cancelTimer()
  }

  #receive(from: string, steps: readonly SpaceStep[]): void {
    this.#step(spaces => spaces.steps(from, steps, this.#options.clock.now()))
  }

  /** The steps with those facts only that are news and verified. */
  #verifySteps(from: string, steps: readonly SpaceStep[]): SpaceStep[] | Promise<SpaceStep[]> {
    const now = this.#options.clock.now()
    const verified = steps.map(step => {
      const news = (step.facts ?? []).filter(fact => this.#spaces.admit(step.space, fact, now) === 'new')
      return andThen(this.#verify(step.space, news), ({ facts, forged }) => {
        if (forged)
          this.#options.reportViolation(
            from,
            'bad-signature',
            'a fact in a space that its author did not sign',
          )
        return { ...step, facts }
      })
    })
    return all(verified)
  }

  #verify(space: string, facts: readonly SpaceFact[]): Verified<SpaceFact> | Promise<Verified<SpaceFact>> {
    const { keys, cluster } = this.#options
    return verify(facts, fact =>
      keys.verify(fact.author, signedSpaceBytes(cluster, space, fact), fact.signature),
    )
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

  /** @returns whether there was anything, and so may be again */
  #finish(): boolean {
    const effects = this.#spaces.take()
    for (const effect of effects) this.#executeOne(effect)
    const touched = this.#spaces.takeTouched()
    for (const space of touched) this.#listeners.get(space)?.stepped()
    return effects.length + touched.length > 0
  }

  #executeOne(effect: SpacesEffect): void {
    const { transport, announce, setExtraPeers } = this.#options
    switch (effect.type) {
      case 'publish':
        this.#publish(effect.space, effect.facts)
        break
      case 'send-steps':
        for (const steps of framesOf(effect.steps))
          transport.send(effect.to, 'space', encodeSpaceFrame(steps))
        break
      case 'subscribe':
        transport.subscribe(effect.space)
        break
      case 'unsubscribe':
        transport.unsubscribe(effect.space)
        break
      case 'agreed':
        this.#listeners.get(effect.space)?.digestAgreed?.(effect.with)
        break
      case 'extra-peers':
        setExtraPeers(effect.ids)
        break
      case 'announce':
        announce(effect.spaces)
        break
    }
  }

  /** By gossip; and by hand to those of whose subscription nothing was heard yet: who enters is seen sooner than it hears. */
  #publish(space: string, facts: readonly SpaceFact[]): void {
    const { transport } = this.#options
    transport.publish(encodeSpaceRumors(facts), space)
    const subscribers = new Set(transport.subscribers(space))
    const notSubscribed = this.#spaces.neighboursIn(space).filter(id => !subscribers.has(id))
    if (notSubscribed.length === 0) return
    const frame = encodeSpaceFrame([{ space, facts }])
    for (const id of notSubscribed) transport.send(id, 'space', frame)
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
