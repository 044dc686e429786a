/**
 * Driver: runs the membership machine with a clock and a transport.
 *
 * Messages of peers pass cluster-inbound.ts first. The driver executes the machine's effects in their order. If
 * signing and verifying are synchronous, the driver completes a step synchronously. Only the app's functions
 * are called later: after the step, when timers are armed and frames are sent.
 */
import type { ConnectionEvent } from '@hearsay/failure-detector'
import type { Instant } from '../base/clock.ts'
import { andThen } from '../base/maybe-async.ts'
import type { MachineEffect, MachineInput } from '../member/machine-io.ts'
import type { MembershipMachine } from '../member/membership-machine.ts'
import type { DocumentsUsage, SpacesUsage } from '../spaces/spaces-usage.ts'
import type { Draft, SpaceGeneration } from '../wire/fact.ts'
import type { Signer, Verifier } from '../wire/signing.ts'
import type { AppNotifications } from './app-notifications.ts'
import { ClusterInbound, type ClusterInboundOptions } from './cluster-inbound.ts'
import { FactSigner } from './fact-signer.ts'
import { LazyQueries } from './lazy-queries.ts'
import { MachineEffects } from './machine-effects.ts'
import { PeerScore, refusalMs, type Violation } from './peer-score.ts'
import type {
  Channel,
  DriverHost,
  DriverListener,
  MembershipPort,
  QueriesPort,
  RumorVerdict,
  SpacesPort,
  Transport,
  TransportListener,
} from './ports.ts'
import { SuspendDetector } from './suspend-detector.ts'

export interface DriverOptions
  extends Pick<ClusterInboundOptions, 'cluster' | 'clock' | 'grants' | 'intern'> {
  readonly machine: MembershipMachine
  readonly transport: Transport
  readonly keys: Signer & Verifier
  readonly host: DriverHost
  /** Stores the incarnation. */
  readonly persist: (incarnation: number) => void | Promise<void>
  /** Stores the policy facts. */
  readonly storePolicy: () => void
  readonly listener: DriverListener
  readonly notifications: AppNotifications
}

/** Interval of the checks for silent pubsub. Each check also compares the wall clock with the monotonic clock. */
const silentCheckIntervalMs = 2_000
const maxEarly = 1_024
/**
 * If a timer of a hidden page is later than this, the next input also runs what is due, because such a timer may be up
 * to a minute late. Our choice.
 */
const lateTimerMs = 50

/** A rumor with a query or a broadcast begins with this byte: the tag of a field that the message `Rumors` does not have. */
const queryRumorByte = 0x12

export class Driver implements TransportListener, MembershipPort {
  readonly #options: DriverOptions
  readonly #peerScore = new PeerScore()
  readonly #inbound: ClusterInbound
  #spaces: SpacesPort | undefined
  readonly #queries: LazyQueries
  readonly #effects: MachineEffects
  #deadlineMs = Number.POSITIVE_INFINITY
  #cancelTimer: () => void = () => {}
  #cancelSilentCheck: () => void = () => {}
  readonly #suspension: SuspendDetector
  readonly #signer: FactSigner
  #phase: 'early' | 'running' | 'stopped' = 'early'
  #isExecuting = false
  /** Input from before the start: connections open as soon as the node listens. */
  readonly #early: MachineInput[] = []

  constructor(options: DriverOptions) {
    this.#options = options
    this.#suspension = new SuspendDetector(options.clock.now())
    this.#signer = new FactSigner(options)
    this.#effects = new MachineEffects(options)
    this.#queries = new LazyQueries(options.listener, options.host)
    this.#inbound = new ClusterInbound({
      ...options,
      table: options.machine.table,
      policy: options.machine.policy,
      filter: options.machine.factFilter,
      receiver: this,
      reporter: this,
    })
  }

  /** Starts the machine. Later calls do nothing. */
  start(): void {
    if (this.#phase !== 'early') return
    this.#phase = 'running'
    const now = this.#options.clock.now()
    const early = this.#early.splice(0)
    // The first published record contains these changes.
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
    this.#queries.stop()
  }

  handle(input: MachineInput): void {
    if (this.#phase === 'early' && this.#early.length < maxEarly) this.#early.push(input)
    if (this.#phase !== 'running') return
    this.#options.notifications.step(() => {
      this.#detectSuspend()
      const now = this.#options.clock.now()
      this.#options.host.observer?.input(input)
      this.#execute(this.#options.machine.handle(input, now))
      this.#advanceIfHidden(now)
    })
  }

  connectionChanged(id: string, state: ConnectionEvent, isOurs = false): void {
    this.#options.notifications.step(() => {
      this.handle({ type: 'connection', id, state, isOurs })
      this.#spaces?.connectionChanged(id, state)
    })
  }

  /** Attaches the driver of this member's spaces, which receives the inputs about spaces. Called for the first space. */
  attachSpaces(spaces: SpacesPort): void {
    this.#spaces = spaces
  }

  /** Attaches the queries of this member. Called when the first query is asked or arrives. */
  attachQueries(queries: QueriesPort): void {
    this.#queries.attach(queries)
  }

  bootstrapConnected(address: string, id: string): void {
    this.handle({ type: 'bootstrap-connected', address, id })
  }

  bootstrapFailed(address: string): void {
    this.handle({ type: 'bootstrap-failed', address })
  }

  frame(from: string, channel: Channel, bytes: Uint8Array): void | Promise<void> {
    if (this.#phase === 'stopped' || this.#peerScore.isRefused(from, this.#options.clock)) return
    if (channel === 'probe') return this.#inbound.probe(from, bytes)
    return this.#options.notifications.step(() => {
      this.#received(from)
      if (channel === 'sync') return this.#inbound.sync(from, bytes)
      if (channel === 'space') return this.#spaces?.frame(from, bytes)
      if (this.isRunning) return this.#queries.frame(from, bytes)
    })
  }

  rumor(from: string, bytes: Uint8Array, space?: string): RumorVerdict | Promise<RumorVerdict> {
    if (this.#phase !== 'running' || this.#peerScore.isRefused(from, this.#options.clock)) return 'ignore'
    return this.#options.notifications.step(() => {
      this.#received(from)
      if (space !== undefined) return this.#spaces?.rumor(space, from, bytes) ?? 'ignore'
      if (bytes[0] === queryRumorByte) return this.#queries.rumor(from, bytes)
      return this.#inbound.rumor(from, bytes)
    })
  }

  announceSpaces(spaces: readonly SpaceGeneration[]): void {
    this.handle({ type: 'local-change', change: { spaces } })
  }

  connectNow(id: string): void {
    this.handle({ type: 'connect-now', id })
  }

  setExtraPeers(ids: readonly string[]): void {
    this.handle({ type: 'extra-peers', ids })
  }

  /** The content of rooms and shared configs; undefined if the member never had any open. */
  spacesUsage(): SpacesUsage | undefined {
    return this.#spaces?.usage()
  }

  /** Undefined if the member never had a room or shared config open. */
  documentsUsage(): DocumentsUsage | undefined {
    return this.#spaces?.documentsUsage()
  }

  /** Protocol violations so far, by kind. */
  violations(): Readonly<Record<Violation, number>> {
    return this.#peerScore.violations()
  }

  /** The network of this computer changed. */
  networkChanged(): void {
    this.#options.transport.networkChanged()
    this.handle({ type: 'network-changed' })
    this.advance()
  }

  /** Runs everything that is due now. */
  advance(): void {
    if (this.#phase !== 'running') return
    this.#options.notifications.step(() => {
      this.#detectSuspend()
      this.#execute(this.#options.machine.advance(this.#options.clock.now()))
    })
  }

  /** A message of a peer arrived. Most messages only confirm that the peer is alive: these cost no step. */
  #received(from: string): void {
    if (this.#phase !== 'running') return
    this.#detectSuspend()
    const now = this.#options.clock.now()
    const effects = this.#options.machine.received(from, now)
    if (effects.length > 0) this.#execute(effects)
    this.#advanceIfHidden(now)
  }

  /**
   * Only hidden pages run due timers after an input. In any other process, a late timer means that the process was
   * paused, and the process must first read what arrived in the pause.
   */
  #advanceIfHidden({ monotonicMs }: Instant): void {
    if (this.#options.machine.isHidden && monotonicMs - this.#deadlineMs > lateTimerMs) this.advance()
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

  reportViolation(from: string, violation: Violation, detail: string): void {
    const { clock, transport, host } = this.#options
    host.log(`protocol violation (${violation}) by ${from}: ${detail}`)
    if (this.#peerScore.report(from, violation, clock.now().monotonicMs)) transport.refuse(from, refusalMs)
  }

  reportExcess(from: string, bytes: number): void {
    if (this.#peerScore.isTolerable(from, bytes, this.#options.clock.now().monotonicMs)) return
    this.reportViolation(from, 'flood', 'it sends more than the rates allow')
  }

  /** Executing an effect may cause further effects: those are executed before the next one. */
  #execute(effects: readonly MachineEffect[]): void {
    const isOutermost = !this.#isExecuting
    this.#isExecuting = true
    try {
      for (const effect of effects) this.#executeOne(effect)
    } finally {
      if (isOutermost) this.#isExecuting = false
    }
    if (!isOutermost) return
    this.#options.listener.stepped()
    this.#schedule()
  }

  #executeOne(effect: MachineEffect): void {
    this.#options.host.observer?.effect(effect)
    switch (effect.type) {
      case 'sign':
        this.#sign(effect.draft)
        break
      case 'persist':
        this.#signer.persist(effect.incarnation)
        break
      case 'changed':
        this.#spaces?.membersChanged(effect.ids)
        this.#queries.membersChanged(effect.ids)
        break
      default:
        this.#effects.execute(effect)
    }
  }

  #sign(draft: Draft): void {
    const { machine, clock, notifications } = this.#options
    andThen(this.#signer.sign(draft), fact => {
      if (this.#phase !== 'running') return
      notifications.step(() => this.#execute(machine.handle({ type: 'signed', fact }, clock.now())))
    })
  }

  #schedule(): void {
    const { clock, machine } = this.#options
    // Arm the timer again even for the same deadline, so that after a pause all arrived input is read before a due
    // timer runs.
    this.#cancelTimer()
    if (this.#phase !== 'running') return
    this.#deadlineMs = machine.deadlineMs()
    if (this.#deadlineMs < Number.POSITIVE_INFINITY)
      this.#cancelTimer = clock.setTimer(this.#deadlineMs, () => this.advance())
  }
}
