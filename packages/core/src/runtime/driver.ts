/**
 * Driver: pumps a machine through a clock and a transport.
 *
 * What comes from outside is heard first (inbound.ts); all that the machine asks for is done in its order. When signing
 * and verifying answer at once, so does the driver: nothing is deferred that need not be. The app is the exception: it is
 * notified after the step, when timers are armed and frames are sent.
 */
import type { ConnectionEvent } from '@hearsay/failure-detector'
import { andThen } from '../base/maybe-async.ts'
import type { MachineEffect, MachineInput } from '../member/machine-io.ts'
import type { MemberEvent } from '../member/member-view.ts'
import type { MembershipMachine } from '../member/membership-machine.ts'
import type { SpacesUsage } from '../spaces/spaces.ts'
import { encodeProbe, encodeRumors, encodeSync } from '../wire/codec.ts'
import type { Draft } from '../wire/fact.ts'
import { type Signer, signedBytes, type Verifier } from '../wire/signing.ts'
import type { AppNotifications } from './app-notifications.ts'
import { Inbound, type InboundOptions } from './inbound.ts'
import { PeerScore, type Violation } from './peer-score.ts'
import type { Channel, RumorVerdict, Transport, TransportListener } from './ports.ts'
import type { SpacesPort } from './spaces-port.ts'
import { SuspendDetector } from './suspend-detector.ts'

export interface DriverOptions extends Pick<InboundOptions, 'cluster' | 'clock' | 'intern'> {
  readonly machine: MembershipMachine
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
  persistCachedPeers(addresses: readonly string[]): void
  leaveAcknowledged(): void
  /** Another process runs with this member's identity, or does so no longer. */
  identityChanged(isCopied: boolean): void
  /** Something to be logged. */
  log(message: string): void
}

/** The wall clock is compared with the monotonic one this often; it is also the rhythm of the mute watch. */
const silentCheckIntervalMs = 2_000
const maxEarly = 1_024
/** A hidden page's timer that is later than this is not waited for: it may take a minute. Our choice. */
const lateTimerMs = 50

const copiedText =
  'another process runs with this identity: was the storage copied? Stop one, and delete its copy of the storage'

export class Driver implements TransportListener {
  readonly #options: DriverOptions
  readonly #peerScore = new PeerScore()
  readonly #inbound: Inbound
  #spaces: SpacesPort | undefined
  #deadlineMs = Number.POSITIVE_INFINITY
  #cancelTimer: () => void = () => {}
  #cancelSilentCheck: () => void = () => {}
  readonly #suspension: SuspendDetector
  /** While an incarnation is being stored: the member does not speak in it before. */
  #persisted: Promise<void> | undefined
  #phase: 'early' | 'running' | 'stopped' = 'early'
  #isCarryingOut = false
  /** What happened before the start: connections come as soon as the node listens. */
  readonly #early: MachineInput[] = []

  constructor(options: DriverOptions) {
    this.#options = options
    this.#suspension = new SuspendDetector(options.clock.now())
    this.#inbound = new Inbound({
      ...options,
      table: options.machine.table,
      deliver: input => this.handle(input),
      reportViolation: (from, violation, detail) => this.reportViolation(from, violation, detail),
    })
  }

  /** Once; later calls do nothing. */
  start(): void {
    if (this.#phase !== 'early') return
    this.#phase = 'running'
    const now = this.#options.clock.now()
    const early = this.#early.splice(0)
    // How one presents oneself belongs into the first word.
    const changes = early.flatMap(input => (input.type === 'local-change' ? [input.change] : []))
    this.#options.notifications.step(() => {
      this.#execute(this.#options.machine.start(Object.assign({}, ...changes), now))
      for (const input of early) if (input.type !== 'local-change') this.handle(input)
      this.#checkSilentPubsub()
    })
  }

  get isRunning(): boolean {
    return this.#phase === 'running'
  }

  stop(): void {
    this.#phase = 'stopped'
    this.#cancelTimer()
    this.#cancelSilentCheck()
    this.#spaces?.stop()
  }

  handle(input: MachineInput): void {
    if (this.#phase === 'early' && this.#early.length < maxEarly) this.#early.push(input)
    if (this.#phase !== 'running') return
    const { machine, clock, notifications } = this.#options
    notifications.step(() => {
      this.#detectSuspend()
      const now = clock.now()
      this.#execute(machine.handle(input, now))
      // Elsewhere a late timer means a process that was stopped, and has yet to read what came meanwhile.
      if (machine.isHidden && now.monotonicMs - this.#deadlineMs > lateTimerMs) this.advance()
    })
  }

  connectionChanged(id: string, state: ConnectionEvent, isOurs = false): void {
    this.#options.notifications.step(() => {
      this.handle({ type: 'connection', id, state, isOurs })
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
  attachSpaces(spaces: SpacesPort): void {
    this.#spaces = spaces
  }

  bootstrapConnected(address: string, id: string): void {
    this.handle({ type: 'bootstrap-connected', address, id })
  }

  bootstrapFailed(address: string): void {
    this.handle({ type: 'bootstrap-failed', address })
  }

  frame(from: string, channel: Channel, bytes: Uint8Array): void {
    if (this.#phase === 'stopped') return
    switch (channel) {
      case 'probe':
        this.#inbound.probe(from, bytes)
        break
      case 'sync':
        this.#inbound.sync(from, bytes)
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
      return this.#inbound.rumor(from, bytes)
    })
  }

  /** What is held for rooms and shared configs; undefined: there never were any. */
  spacesUsage(): SpacesUsage | undefined {
    return this.#spaces?.usage()
  }

  /** Offences so far, by kind. */
  violations(): Readonly<Record<Violation, number>> {
    return this.#peerScore.violations()
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
      this.#detectSuspend()
      this.#execute(this.#options.machine.advance(this.#options.clock.now()))
    })
  }

  #detectSuspend(): void {
    const { clock, machine } = this.#options
    const now = clock.now()
    const hasStepped = this.#suspension.hasClockStepped(now)
    const ms = this.#suspension.suspendedMs(now)
    if (ms > 0) this.#execute(machine.handle({ type: 'suspended', ms }, now))
    if (hasStepped) this.#spaces?.clockStepped()
  }

  #checkSilentPubsub(): void {
    const { clock, transport } = this.#options
    this.#cancelSilentCheck = clock.setTimer(clock.now().monotonicMs + silentCheckIntervalMs, () => {
      const ids = transport.withoutPubsub()
      this.handle({ type: 'silent-pubsub', ids })
      this.#checkSilentPubsub()
    })
  }

  /** A peer broke a rule. */
  reportViolation(from: string, violation: Violation, detail: string): void {
    const { clock, transport, listener } = this.#options
    listener.log(`protocol violation (${violation}) by ${from}: ${detail}`)
    if (this.#peerScore.report(from, violation, clock.now().monotonicMs)) transport.disconnect(from)
  }

  /** Doing one thing may make the machine ask for others: they are done before the next. */
  #execute(effects: readonly MachineEffect[]): void {
    const isOutermost = !this.#isCarryingOut
    this.#isCarryingOut = true
    try {
      for (const effect of effects) this.#executeOne(effect)
    } finally {
      if (isOutermost) this.#isCarryingOut = false
    }
    if (!isOutermost) return
    this.#options.listener.stepped()
    this.#schedule()
  }

  #executeOne(effect: MachineEffect): void {
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
      case 'set-addresses':
        transport.setAddresses(effect.id, effect.addresses)
        break
      case 'persist':
        this.#persist(effect.incarnation)
        break
      case 'persist-cached-peers':
        listener.persistCachedPeers(effect.addresses)
        break
      case 'event':
        listener.event(effect.event)
        break
      case 'changed':
        this.#spaces?.membersChanged(effect.ids)
        break
      case 'identity':
        listener.log(effect.isCopied ? copiedText : 'no other process has this identity any more')
        listener.identityChanged(effect.isCopied)
        break
      case 'leave-acknowledged':
        listener.leaveAcknowledged()
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
    andThen(this.#persisted ? this.#persisted.then(sign) : sign(), signature => {
      if (this.#phase !== 'running') return
      notifications.step(() =>
        this.#execute(machine.handle({ type: 'signed', fact: { ...draft, signature } }, clock.now())),
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
