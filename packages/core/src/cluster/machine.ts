/**
 * Machine: one member of a cluster, without its sockets and clocks.
 *
 * Facts come in signed and verified, one's own by the same door as others'. Nothing here waits: what is to be
 * done is returned, and time comes in. The same inputs at the same instants give the same effects.
 */
import {
  createDetector,
  type Detector,
  type DetectorEffect,
  type DetectorInput,
} from '@hearsay/failure-detector'
import { heartbeatsIn } from '../gossip/exchange.ts'
import { Exchanges, type Step } from '../gossip/exchanges.ts'
import { RumorBuffer } from '../gossip/rumor-buffer.ts'
import { MuteWatch } from '../overlay/mute-watch.ts'
import { Overlay } from '../overlay/overlay.ts'
import type { Instant } from '../state/instant.ts'
import { type HeartbeatFact, type RecordFact, Table } from '../state/table.ts'
import { type SyncMessage, syncMessage } from '../wire/codec.ts'
import { draftFact, type FactBody, type MemberRecord, type SignedFact } from '../wire/fact.ts'
import { beatIntervalMs, type Pulse } from './beats.ts'
import type { Health, Member } from './cluster.ts'
import type { MachineEffect, MachineInput } from './machine-io.ts'
import { Membership } from './membership.ts'
import { type OwnChange, OwnRecord } from './own-record.ts'
import { PartitionWatch } from './partition-watch.ts'

export interface MachineOptions {
  readonly self: string
  /** The first word about oneself: incarnation as `firstIncarnation` gives it, version 1. */
  readonly record: MemberRecord
  /** Multiaddrs to start from. */
  readonly bootstrap: readonly string[]
  readonly profile: 'local' | 'lan' | 'wan'
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  /** Our choice: 20,000. @default 20_000 */
  readonly maxMembers?: number
  /** Bytes of facts in one step of an exchange. @default 49_152 */
  readonly maxDeltaBytes?: number
  /** How long the dead and the left are told of. @default 86_400_000: a day */
  readonly retentionMs?: number
}

const sweepIntervalMs = 30_000
/** An exchange after a stall, or a goodbye, goes to so many neighbours at once. */
const urgentFanout = 3

export class Machine {
  readonly #options: Required<MachineOptions>
  readonly #own: OwnRecord
  readonly #table: Table
  readonly #detector: Detector
  readonly #overlay: Overlay
  readonly #membership: Membership
  readonly #rumors = new RumorBuffer()
  readonly #mute = new MuteWatch()
  readonly #partition = new PartitionWatch()
  readonly #exchanges: Exchanges
  readonly #pulses = new Map<string, Pulse>()
  /** Members whose facts changed within this step. */
  readonly #touched = new Set<string>()
  #watchedRevision = -1
  #effects: MachineEffect[] = []
  #stalls = 0
  #beatDueMs: number
  #sweepDueMs: number
  #now: Instant

  constructor(options: MachineOptions, now: Instant) {
    this.#options = { maxMembers: 20_000, maxDeltaBytes: 49_152, retentionMs: 86_400_000, ...options }
    const { self, record, bootstrap, random, profile, maxMembers, maxDeltaBytes } = this.#options
    this.#now = now
    this.#own = new OwnRecord(record)
    this.#table = new Table({ maxMembers, maxForgotten: maxMembers })
    this.#detector = createDetector({ self, random, profile })
    this.#overlay = new Overlay({ self, bootstrap, random }, now.monotonicMs)
    this.#membership = new Membership(self)
    this.#exchanges = new Exchanges({ table: this.#table, random, maxDeltaBytes }, now.monotonicMs)
    this.#beatDueMs = now.monotonicMs
    this.#sweepDueMs = now.monotonicMs + sweepIntervalMs
  }

  /** The first word: to be called once, before anything else. @param change what became known of oneself since. */
  start(change: OwnChange, now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      this.#own.change(change)
      this.#detect({ type: 'member', id: this.#options.self, incarnation: this.#own.incarnation })
      this.#sayRecord()
    })
  }

  handle(input: MachineInput, now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      switch (input.type) {
        case 'rumors':
          for (const fact of input.facts) this.#take(fact, undefined)
          break
        case 'signed':
          this.#take(input.fact, this.#options.self)
          break
        case 'sync':
          this.#detect({ type: 'evidence', id: input.from })
          this.#handleSync(input.from, input.message, input.facts)
          break
        case 'probe':
          this.#detect({ type: 'message', from: input.from, message: input.message })
          break
        case 'link':
          this.#handleLink(input)
          break
        case 'bootstrapped':
          this.#overlay.bootstrapped(input.address, input.id)
          break
        case 'evidence':
          this.#detect({ type: 'evidence', id: input.id })
          break
        case 'mute':
          for (const id of this.#mute.look(input.ids, now.monotonicMs))
            this.#effects.push({ type: 'disconnect', id })
          break
        case 'change':
          this.#own.change(input.change)
          this.#sayRecord()
          break
        case 'slept':
          this.#detect({ type: 'slept', ms: input.ms })
          break
        case 'leave':
          this.#own.change({ leaving: true })
          this.#sayRecord()
          break
      }
    })
  }

  /** To be called at `deadlineMs()` or soon after. */
  advance(now: Instant): MachineEffect[] {
    return this.#step(now, () => {
      const nowMs = now.monotonicMs
      this.#apply(this.#detector.advance(nowMs))
      if (this.#own.leaving) return
      if (nowMs >= this.#exchanges.dueMs) this.#exchangeWith(1)
      if (nowMs >= this.#beatDueMs) this.#sayBeat()
      if (nowMs >= this.#sweepDueMs) this.#sweep()
      for (const action of this.#overlay.advance(nowMs)) {
        if (action.type === 'dial') this.#overlay.dialling(action.id, nowMs)
        this.#effects.push(action)
      }
    })
  }

  /** Monotonic milliseconds. */
  deadlineMs(): number {
    if (this.#own.leaving) return this.#rumors.deadlineMs()
    return Math.min(
      this.#detector.deadlineMs(),
      this.#rumors.deadlineMs(),
      this.#exchanges.dueMs,
      this.#beatDueMs,
      this.#sweepDueMs,
      this.#overlay.deadlineMs(),
    )
  }

  /** The facts of a message that would be news: the only ones whose signature is worth checking. */
  news(facts: readonly SignedFact[], epochMs: number): SignedFact[] {
    return facts.filter(fact => this.#table.outcome(fact, epochMs) === 'merged')
  }

  /** The heartbeats that a step of an exchange names by their place. */
  heartbeatsIn(message: SyncMessage): HeartbeatFact[] {
    return heartbeatsIn(this.#table, message)
  }

  members(): readonly Member[] {
    return this.#membership.snapshot()
  }

  member(id: string): Member | undefined {
    return this.#membership.get(id)
  }

  get table(): Table {
    return this.#table
  }

  get detector(): Detector {
    return this.#detector
  }

  get overlay(): Overlay {
    return this.#overlay
  }

  pulse(id: string): Pulse | undefined {
    return this.#pulses.get(id)
  }

  health(): Health {
    const visible = this.#membership.count('alive', 'suspect')
    return {
      localHealth: this.#detector.localHealth(),
      stalls: this.#stalls,
      visible,
      known: visible + this.#membership.count('dead'),
      partitionSuspected: this.#partition.suspected(visible),
      connections: this.#overlay.linked().length,
    }
  }

  #step(now: Instant, act: () => void): MachineEffect[] {
    this.#now = now
    act()
    this.#settle()
    for (const facts of this.#rumors.take(now.monotonicMs)) this.#effects.push({ type: 'publish', facts })
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  /** Takes one verified fact in. `from`: who handed it over directly. */
  #take(fact: SignedFact, from: string | undefined): void {
    if (this.#table.merge(fact, this.#now.epochMs) !== 'merged') return
    const { self } = this.#options
    switch (fact.type) {
      case 'record':
        this.#takeRecord(fact as RecordFact, from)
        break
      case 'heartbeat': {
        const { author: id, incarnation, beat } = fact
        this.#pulses.set(id, {
          heardEpochMs: this.#now.epochMs,
          roundTripMs: this.#pulses.get(id)?.roundTripMs,
        })
        if (id !== self) this.#detect({ type: 'beat', id, incarnation, beat })
        break
      }
      case 'suspicion': {
        const { author: observer, subject, incarnation, hard } = fact
        if (observer === self) this.#rumors.add(fact)
        else this.#detect({ type: 'suspicion', subject, incarnation, observer, hard })
        this.#exchanges.changed(this.#now.monotonicMs)
        break
      }
    }
  }

  #takeRecord(fact: RecordFact, from: string | undefined): void {
    const { author: id, record } = fact
    const { incarnation } = record
    this.#exchanges.changed(this.#now.monotonicMs)
    this.#touched.add(id)
    // Handed over by its author itself, who may be new and without a mesh yet: told on in its name.
    if (from === id) this.#rumors.add(fact)
    if (id === this.#options.self) {
      this.#takeOwnRecord(fact, from)
      return
    }
    this.#effects.push({ type: 'learn', id, addresses: record.addresses })
    if (record.leaving) this.#detect({ type: 'left', id, incarnation })
    else {
      const { attention } = record
      const lease =
        attention.state === 'full'
          ? {}
          : { attention: { state: attention.state, leaseMs: attention.leaseMs } }
      this.#detect({ type: 'member', id, incarnation, ...lease })
      this.#overlay.present(id, true)
    }
    // What was known of it before this record could not be judged then.
    for (const { author: observer, hard, incarnation } of this.#table.get(id)?.suspicions?.claims ?? [])
      if (observer !== this.#options.self)
        this.#detect({ type: 'suspicion', subject: id, incarnation, observer, hard })
  }

  #takeOwnRecord(fact: RecordFact, from: string | undefined): void {
    const { incarnation, version, leaving } = fact.record
    const ahead =
      incarnation > this.#own.incarnation ||
      (incarnation === this.#own.incarnation && version > this.#own.version)
    // An earlier life that had a clock in the future, or another process with this identity.
    if (ahead) this.#refute(incarnation)
    else if (leaving && from === this.#options.self) this.#sayGoodbye(fact)
  }

  /** Besides the rumor: straight to neighbours, with an offer behind it whose answer shows that it was heard. */
  #sayGoodbye(fact: RecordFact): void {
    for (const to of this.#overlay.linked())
      this.#send([{ to, message: syncMessage({ facts: [fact] }) }, this.#exchanges.offer(to, this.#now.monotonicMs)])
    if (this.#overlay.linked().length === 0) this.#effects.push({ type: 'goodbye-heard' })
  }

  #handleSync(from: string, message: SyncMessage, facts: readonly SignedFact[]): void {
    for (const fact of facts) this.#take(fact, from)
    const heard = this.#exchanges.hear(from, message, facts.length > 0, this.#now.monotonicMs)
    this.#send(heard.steps)
    if (heard.roundTripMs === undefined) return
    const heardEpochMs = this.#pulses.get(from)?.heardEpochMs ?? this.#now.epochMs
    this.#pulses.set(from, { heardEpochMs, roundTripMs: heard.roundTripMs })
    if (this.#own.leaving) this.#effects.push({ type: 'goodbye-heard' })
  }

  #handleLink({ id, state, dialled = false }: MachineInput & { type: 'link' }): void {
    const nowMs = this.#now.monotonicMs
    switch (state) {
      case 'open':
        this.#overlay.opened(id, dialled)
        break
      case 'closed':
      case 'released':
        this.#overlay.closed(id)
        this.#exchanges.closed(id)
        break
      case 'refused':
      case 'unreachable':
      case 'network-down':
        this.#overlay.dialFailed(id, nowMs)
        break
    }
    // Either end may give up what is no edge; only a neighbour should not have gone.
    const isRelease = state === 'closed' && !this.#overlay.isNeighbour(id)
    this.#detect({ type: 'link', id, state: isRelease ? 'released' : state })
    if (state === 'open' && dialled) this.#send([this.#exchanges.offer(id, nowMs)])
  }

  #exchangeWith(fanout: number): void {
    this.#send(this.#exchanges.begin(this.#overlay.linked(), fanout, this.#now.monotonicMs))
  }

  #send(steps: readonly Step[]): void {
    for (const { to, message } of steps) this.#effects.push({ type: 'send-sync', to, message })
  }

  #detect(input: DetectorInput): void {
    this.#apply(this.#detector.handle(input, this.#now.monotonicMs))
  }

  #apply(effects: readonly DetectorEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#effects.push({ type: 'send-probe', to: effect.to, message: effect.message })
          break
        case 'redial':
          this.#overlay.dialling(effect.id, this.#now.monotonicMs)
          this.#effects.push({ type: 'dial', id: effect.id })
          break
        case 'accuse':
          if (!this.#own.leaving) this.#say({ ...effect, type: 'suspicion' })
          break
        case 'refute':
          this.#refute(effect.incarnation)
          break
        case 'stalled':
          this.#stalls += 1
          this.#sayBeat()
          this.#exchangeWith(urgentFanout)
          break
        case 'fail':
          this.#overlay.absent(effect.id)
          this.#touched.add(effect.id)
          break
        case 'suspect':
        case 'recover':
        case 'return':
          this.#touched.add(effect.id)
          break
      }
    }
  }

  #refute(claimed: number): void {
    if (this.#own.leaving) return
    this.#own.refute(claimed)
    this.#detect({ type: 'member', id: this.#options.self, incarnation: this.#own.incarnation })
    this.#sayRecord()
  }

  #sayRecord(): void {
    this.#effects.push({ type: 'persist', incarnation: this.#own.incarnation })
    this.#say(this.#own.fact())
  }

  #sayBeat(): void {
    this.#beatDueMs = this.#now.monotonicMs + beatIntervalMs(this.#membership.count('alive', 'suspect'))
    this.#say(this.#own.beat())
  }

  #say(body: FactBody): void {
    this.#effects.push({ type: 'sign', draft: draftFact(this.#options.self, body) })
  }

  /** Looks again at everybody who was touched, and at whom to probe. */
  #settle(): void {
    for (const id of this.#touched) {
      const entry = this.#table.get(id)
      if (!entry) continue
      const status = id === this.#options.self ? 'alive' : this.#detector.status(id)?.type
      const verdict = status === 'dead' || status === 'suspect' ? status : 'alive'
      const event = this.#membership.observe(entry.record, verdict, this.#now.monotonicMs)
      if (entry.record.record.leaving) this.#overlay.gone(id)
      if (event) this.#effects.push({ type: 'event', event })
      if (event?.type === 'fail')
        this.#partition.lost(this.#membership.count('alive', 'suspect'), this.#now.monotonicMs)
    }
    this.#touched.clear()
    if (this.#overlay.revision === this.#watchedRevision) return
    this.#watchedRevision = this.#overlay.revision
    const watched = this.#overlay.watched(this.#now.monotonicMs)
    const subjects = watched.map(id => ({ id, monitors: this.#overlay.monitorsOf(id) }))
    this.#apply(this.#detector.handle({ type: 'subjects', subjects }, this.#now.monotonicMs))
  }

  /** The two stages of forgetting: first no longer told of, an eighth of the retention later dropped. */
  #sweep(): void {
    const nowMs = this.#now.monotonicMs
    const { retentionMs } = this.#options
    this.#sweepDueMs = nowMs + sweepIntervalMs
    for (const id of this.#membership.departed(nowMs, retentionMs)) this.#table.unshare(id)
    for (const id of this.#membership.departed(nowMs, retentionMs * 1.125)) {
      this.#table.forget(id)
      this.#membership.forget(id)
      this.#pulses.delete(id)
      this.#overlay.gone(id)
      this.#detect({ type: 'forget', id })
      this.#effects.push({ type: 'learn', id, addresses: [] })
    }
  }
}
