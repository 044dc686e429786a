/**
 * Driver: pumps a machine through a clock and a transport.
 *
 * What comes from outside is heard first (inbound.ts); all that the machine asks for is done in its order. When signing
 * and verifying answer at once, so does the driver: nothing is deferred that need not be. The app is the exception: it is
 * notified after the step, when timers are armed and frames are sent.
 */
import type { LinkState } from '@hearsay/failure-detector'
import { when } from '../base/maybe-async.ts'
import type { MachineEffect, MachineInput } from '../member/machine-io.ts'
import type { MemberEvent } from '../member/member-view.ts'
import type { Machine } from '../member/membership-machine.ts'
import type { SpacesUsage } from '../spaces/spaces.ts'
import { encodeProbe, encodeRumors, encodeSync } from '../wire/codec.ts'
import type { Draft } from '../wire/fact.ts'
import { type Signer, signedBytes, type Verifier } from '../wire/signing.ts'
import type { AppNotifications } from './app-notifications.ts'
import { Hearing, type HearingOptions } from './inbound.ts'
import { Conduct, type Offence } from './peer-score.ts'
import type { Channel, RumorVerdict, Transport, TransportListener } from './ports.ts'
import type { SpacesPort } from './spaces-port.ts'
import { SleepWatch } from './suspend-detector.ts'

export interface DriverOptions extends Pick<HearingOptions, 'cluster' | 'clock' | 'share'> {
  readonly machine: Machine
  readonly transport: Transport
  readonly keys: Signer & Verifier
  readonly listener: DriverListener
  readonly notifications: AppNotifications
}

/** What a driver tells the face of the cluster, within the step. */
export interface DriverListener {
  event(event: MemberEvent): void
  /** At the end of each step in which anything may have changed. */
  stepped(): void
  /** What is signed after it waits for its promise. */
  persist(incarnation: number): void | Promise<void>
  persistAcquaintances(addresses: readonly string[]): void
  goodbyeHeard(): void
  /** Another process runs with this member's identity, or does so no longer. */
  identityChanged(isCopied: boolean): void
  /** Something to be logged. */
  note(message: string): void
}

/** The wall clock is compared with the monotonic one this often; it is also the rhythm of the mute watch. */
const watchIntervalMs = 2_000
const maxEarly = 1_024
/** A hidden page's timer that is later than this is not waited for: it may take a minute. Our choice. */
const lateTimerMs = 50

const copiedNote =
  'another process runs with this identity: was the storage copied? Stop one, and delete its copy of the storage'

export class Driver implements TransportListener {
  readonly #options: DriverOptions
  readonly #conduct = new Conduct()
  readonly #hearing: Hearing
  #spaces: SpacesPort | undefined
  #deadlineMs = Number.POSITIVE_INFINITY
  #cancelTimer: () => void = () => {}
  #cancelWatch: () => void = () => {}
  readonly #sleep: SleepWatch
  /** While an incarnation is being stored: the member does not speak in it before. */
  #persisted: Promise<void> | undefined
  #phase: 'early' | 'running' | 'stopped' = 'early'
  #isCarryingOut = false
  /** What happened before the start: connections come as soon as the node listens. */
  readonly #early: MachineInput[] = []

  constructor(options: DriverOptions) {
    this.#options = options
    this.#sleep = new SleepWatch(options.clock.now())
    this.#hearing = new Hearing({
      ...options,
      table: options.machine.table,
      heard: input => this.handle(input),
      offended: (from, offence, detail) => this.offended(from, offence, detail),
    })
  }

  /** Once; later calls do nothing. */
  start(): void {
    if (this.#phase !== 'early') return
    this.#phase = 'running'
    const now = this.#options.clock.now()
    const early = this.#early.splice(0)
    // How one presents oneself belongs into the first word.
    const changes = early.flatMap(input => (input.type === 'change' ? [input.change] : []))
    this.#options.notifications.step(() => {
      this.#carryOut(this.#options.machine.start(Object.assign({}, ...changes), now))
      for (const input of early) if (input.type !== 'change') this.handle(input)
      this.#watch()
    })
  }

  get isRunning(): boolean {
    return this.#phase === 'running'
  }

  stop(): void {
    this.#phase = 'stopped'
    this.#cancelTimer()
    this.#cancelWatch()
    this.#spaces?.stop()
  }

  handle(input: MachineInput): void {
    if (this.#phase === 'early' && this.#early.length < maxEarly) this.#early.push(input)
    if (this.#phase !== 'running') return
    const { machine, clock, notifications } = this.#options
    notifications.step(() => {
      this.#noticeSleep()
      const now = clock.now()
      this.#carryOut(machine.handle(input, now))
      // Elsewhere a late timer means a process that was stopped, and has yet to read what came meanwhile.
      if (machine.isHidden && now.monotonicMs - this.#deadlineMs > lateTimerMs) this.advance()
    })
  }

  link(id: string, state: LinkState, isOurs = false): void {
    this.#options.notifications.step(() => {
      this.handle({ type: 'link', id, state, isOurs })
      switch (state) {
        case 'open':
          this.#spaces?.linkOpened(id)
          break
        case 'closed':
        case 'released':
          this.#spaces?.linkClosed(id)
          break
        case 'refused':
        case 'unreachable':
        case 'network-down':
          this.#spaces?.linkFailed(id)
          break
      }
    })
  }

  /** This member's spaces, from the first on: they hear what is theirs. */
  host(spaces: SpacesPort): void {
    this.#spaces = spaces
  }

  bootstrapped(address: string, id: string): void {
    this.handle({ type: 'bootstrapped', address, id })
  }

  bootstrapFailed(address: string): void {
    this.handle({ type: 'bootstrap-failed', address })
  }

  frame(from: string, channel: Channel, bytes: Uint8Array): void {
    if (this.#phase === 'stopped') return
    switch (channel) {
      case 'probe':
        this.#hearing.probe(from, bytes)
        break
      case 'sync':
        this.#hearing.sync(from, bytes)
        break
      case 'space':
        this.#options.notifications.step(() => {
          this.handle({ type: 'evidence', id: from })
          this.#spaces?.frame(from, bytes)
        })
        break
    }
  }

  rumor(from: string, bytes: Uint8Array, space?: string): RumorVerdict | Promise<RumorVerdict> {
    if (this.#phase !== 'running') return 'ignore'
    return this.#options.notifications.step(() => {
      this.handle({ type: 'evidence', id: from })
      if (space !== undefined) return this.#spaces?.rumor(space, from, bytes) ?? 'ignore'
      return this.#hearing.rumor(from, bytes)
    })
  }

  /** What is held for rooms and shared configs; undefined: there never were any. */
  spacesLoad(): SpacesUsage | undefined {
    return this.#spaces?.load()
  }

  /** Offences so far, by kind. */
  offences(): Readonly<Record<Offence, number>> {
    return this.#conduct.counts()
  }

  /** This machine's own network is another now. */
  networkChanged(): void {
    this.#options.transport.networkChanged()
    this.handle({ type: 'network-changed' })
    this.advance()
  }

  /** Does what is due by now. */
  advance(): void {
    if (this.#phase !== 'running') return
    this.#options.notifications.step(() => {
      this.#noticeSleep()
      this.#carryOut(this.#options.machine.advance(this.#options.clock.now()))
    })
  }

  #noticeSleep(): void {
    const { clock, machine } = this.#options
    const now = clock.now()
    const hasStepped = this.#sleep.hasStepped(now)
    const ms = this.#sleep.sleptMs(now)
    if (ms > 0) this.#carryOut(machine.handle({ type: 'slept', ms }, now))
    if (hasStepped) this.#spaces?.clockStepped()
  }

  #watch(): void {
    const { clock, transport } = this.#options
    this.#cancelWatch = clock.setTimer(clock.now().monotonicMs + watchIntervalMs, () => {
      const ids = transport.mute()
      this.handle({ type: 'mute', ids })
      this.#watch()
    })
  }

  /** A peer broke a rule. */
  offended(from: string, offence: Offence, detail: string): void {
    const { clock, transport, listener } = this.#options
    listener.note(`${offence} from ${from}: ${detail}`)
    if (this.#conduct.offended(from, offence, clock.now().monotonicMs)) transport.disconnect(from)
  }

  /** Doing one thing may make the machine ask for others: they are done before the next. */
  #carryOut(effects: readonly MachineEffect[]): void {
    const isOutermost = !this.#isCarryingOut
    this.#isCarryingOut = true
    try {
      for (const effect of effects) this.#do(effect)
    } finally {
      if (isOutermost) this.#isCarryingOut = false
    }
    if (!isOutermost) return
    this.#options.listener.stepped()
    this.#schedule()
  }

  #do(effect: MachineEffect): void {
    const { transport, listener } = this.#options
    switch (effect.type) {
      case 'sign':
        this.#sign(effect.draft)
        break
      case 'publish':
        transport.publish(encodeRumors(effect.facts))
        break
      case 'send-probe':
        transport.send(effect.to, 'probe', encodeProbe({ type: 'probe', message: effect.message }))
        break
      case 'send-sync':
        transport.send(effect.to, 'sync', encodeSync(effect.message))
        break
      case 'dial':
        transport.dial(effect.id)
        break
      case 'dial-bootstrap':
        transport.dialBootstrap(effect.address)
        break
      case 'disconnect':
        transport.disconnect(effect.id)
        break
      case 'learn':
        transport.learn(effect.id, effect.addresses)
        break
      case 'persist':
        this.#persist(effect.incarnation)
        break
      case 'persist-acquaintances':
        listener.persistAcquaintances(effect.addresses)
        break
      case 'event':
        listener.event(effect.event)
        break
      case 'changed':
        this.#spaces?.whereaboutsChanged(effect.ids)
        break
      case 'identity':
        listener.note(effect.isCopied ? copiedNote : 'no other process has this identity any more')
        listener.identityChanged(effect.isCopied)
        break
      case 'goodbye-heard':
        listener.goodbyeHeard()
        break
    }
  }

  #persist(incarnation: number): void {
    const persisted = this.#options.listener.persist(incarnation) ?? undefined
    this.#persisted = persisted
    persisted?.then(() => {
      if (this.#persisted === persisted) this.#persisted = undefined
    })
  }

  #sign(draft: Draft): void {
    const { keys, cluster, machine, clock, notifications } = this.#options
    const sign = () => keys.sign(signedBytes(cluster, draft))
    when(this.#persisted ? this.#persisted.then(sign) : sign(), signature => {
      if (this.#phase !== 'running') return
      notifications.step(() =>
        this.#carryOut(machine.handle({ type: 'signed', fact: { ...draft, signature } }, clock.now())),
      )
    })
  }

  #schedule(): void {
    const { clock, machine } = this.#options
    // Also for the same deadline: after a pause, all that has arrived is read before a timer that is due.
    this.#cancelTimer()
    if (this.#phase !== 'running') return
    this.#deadlineMs = machine.deadlineMs()
    if (this.#deadlineMs < Number.POSITIVE_INFINITY)
      this.#cancelTimer = clock.setTimer(this.#deadlineMs, () => this.advance())
  }
}
