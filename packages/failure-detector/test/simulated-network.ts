/**
 * Detectors on one virtual clock, without membership. The seed determines the run.
 *
 * This network stays beside the simulator for two reasons. It tests the detector alone, as an app without hearsay's
 * membership uses the detector. And the simulator depends on core, and core on this package: a dependency on the
 * simulator would be a cycle.
 */

import { mulberry32 } from '../../../test/helpers/mulberry32.ts'
import type {
  ConnectionEvent,
  DetectorEffect,
  DetectorInput,
  DetectorOptions,
  ProbeMessage,
} from '../src/index.ts'
import { EffectTrace, hashOf } from './effect-trace.ts'
import { NetworkConditions } from './network-conditions.ts'
import { createTopology, type Topology } from './network-topology.ts'
import { SimulatedHost } from './simulated-host.ts'
import { VirtualTime } from './virtual-time.ts'

export interface NetworkOptions {
  readonly members: number
  readonly seed: number
  /**
   * The share of probe messages that the network loses, 0 to 1. The network repeats gossip until it arrives.
   */
  readonly loss?: number
  /** Whether hosts report connections. */
  readonly links?: boolean
  /** The heartbeat interval of each member; without it, no member sends heartbeats. */
  readonly beatMs?: number
  readonly detector?: Pick<DetectorOptions, 'profile' | 'parameters' | 'probeOrder'>
}

/** An effect other than a message or a dial. */
export interface Event {
  readonly atMs: number
  readonly by: string
  readonly effect: Exclude<DetectorEffect, { type: 'send' | 'redial' }>
}

const gossipRetryMs = 200

export class SimulatedNetwork {
  readonly hosts: readonly SimulatedHost[]
  readonly events: Event[] = []
  /** Called for each message on a cut connection. */
  intercept: (from: string, to: string, message: ProbeMessage) => void = () => {}
  readonly trace = new EffectTrace()
  messages = 0
  probes = 0
  readonly conditions: NetworkConditions
  readonly #byId: ReadonlyMap<string, SimulatedHost>
  readonly #random: () => number
  readonly #hasLinks: boolean
  readonly #time = new VirtualTime()
  readonly #timers = new Map<SimulatedHost, number>()
  readonly #options: NetworkOptions

  constructor(options: NetworkOptions) {
    const { members, seed, loss = 0, links = false, beatMs, detector = {} } = options
    this.#options = options
    this.#random = mulberry32(seed)
    this.#hasLinks = links
    this.conditions = new NetworkConditions(loss, this.#random)
    const topology = createTopology(members)
    this.hosts = topology.ids.map(
      self => new SimulatedHost({ self, random: mulberry32(seed ^ hashOf(self)), ...detector }),
    )
    this.#byId = new Map(this.hosts.map(host => [host.id, host]))
    for (const host of this.hosts) this.#start(host, topology)
    if (beatMs !== undefined)
      for (const host of this.hosts)
        this.#time.at(this.#random() * beatMs, () => this.#sendHeartbeat(host, beatMs))
  }

  get nowMs(): number {
    return this.#time.nowMs
  }

  replay(): string {
    return `new SimulatedNetwork(${JSON.stringify(this.#options)})`
  }

  host(id: string): SimulatedHost {
    const host = this.#byId.get(id)
    if (host === undefined) throw new Error(`no member ${id}`)
    return host
  }

  isRunning(id: string): boolean {
    const { isCrashed, stoppedUntilMs } = this.host(id)
    return !isCrashed && this.nowMs >= stoppedUntilMs
  }

  run(forMs: number): void {
    this.#time.run(forMs)
  }

  after(afterMs: number, action: () => void): void {
    this.#time.after(afterMs, action)
  }

  /** SIGKILL: the member's sockets close, and its machine refuses dials. */
  crash(id: string): void {
    const host = this.host(id)
    host.isCrashed = true
    this.#closeLinks(host, 5)
  }

  /** SIGSTOP, and SIGCONT after `forMs`. */
  pause(id: string, forMs: number): void {
    const host = this.host(id)
    host.stoppedUntilMs = this.nowMs + forMs
    this.#time.at(host.stoppedUntilMs, () => this.#wake(host))
  }

  /** Takes the member's local network down for a while, and closes all its connections. */
  takeOffline(id: string, forMs: number, dialsEnd: 'network-down' | 'unreachable'): void {
    this.conditions.offline.set(id, dialsEnd)
    this.#closeLinks(this.host(id), 1)
    this.after(forMs, () => this.conditions.offline.delete(id))
  }

  /** Sends an observer's suspicion to all other members. */
  tell(subject: string, incarnation: number, observer: string, refused = false): void {
    this.#spread(observer, (host, nowMs) =>
      host.receiveSuspicion(subject, incarnation, observer, refused, nowMs),
    )
  }

  feed(id: string, input: DetectorInput): void {
    const host = this.host(id)
    this.#perform(host, host.detector.handle(input, this.nowMs))
  }

  /** All events of one type. */
  eventsOf<T extends Event['effect']['type']>(
    type: T,
  ): (Event & { effect: Extract<Event['effect'], { type: T }> })[] {
    return this.events.filter(
      (event): event is Event & { effect: Extract<Event['effect'], { type: T }> } =>
        event.effect.type === type,
    )
  }

  /** The status of `id` at each member that has not crashed. */
  statusesOf(id: string): string[] {
    return this.hosts
      .filter(host => host.id !== id && !host.isCrashed)
      .map(host => host.detector.status(id)?.type ?? 'unknown')
  }

  #start(host: SimulatedHost, { ids, monitorsOf }: Topology): void {
    for (const id of ids) this.#perform(host, host.receiveRecord(id, 1, 0))
    const subjects = monitorsOf(host.id).map(id => ({ id, monitors: monitorsOf(id) }))
    this.feed(host.id, { type: 'subjects', subjects })
    if (!this.#hasLinks) return
    for (const { id } of subjects) {
      host.links.add(id)
      this.feed(host.id, { type: 'connection', id, state: 'open' })
    }
  }

  /** Runs the action now or, if the member is stopped, when it resumes. Does nothing for a crashed member. */
  #whenRunning(host: SimulatedHost, action: () => void): void {
    if (host.isCrashed) return
    if (this.nowMs < host.stoppedUntilMs) host.inbox.push(action)
    else action()
  }

  #wake(host: SimulatedHost): void {
    if (host.isCrashed || this.nowMs < host.stoppedUntilMs) return
    // A process that resumes may run its timers before or after it reads its sockets.
    if (this.#random() < 0.5) this.#perform(host, host.detector.advance(this.nowMs))
    for (const action of host.inbox.splice(0)) action()
    this.#perform(host, host.detector.advance(this.nowMs))
  }

  #perform(host: SimulatedHost, effects: readonly DetectorEffect[]): void {
    for (const effect of effects) {
      this.trace.record(this.nowMs, host.id, effect)
      this.#performOne(host, effect)
    }
    this.#schedule(host)
  }

  #performOne(host: SimulatedHost, effect: DetectorEffect): void {
    switch (effect.type) {
      case 'send':
        this.#send(host, effect.to, { type: 'message', from: host.id, message: effect.message })
        return
      case 'redial':
        this.#dial(host, this.host(effect.id))
        return
      case 'publish-suspicion':
        this.tell(effect.subject, effect.incarnation, host.id, effect.refused)
        break
      case 'refute': {
        host.incarnation = Math.max(host.incarnation, effect.incarnation) + 1
        const { id, incarnation } = host
        this.#perform(host, host.detector.handle({ type: 'member', id, incarnation }, this.nowMs))
        this.#spread(id, (other, nowMs) => other.receiveRecord(id, incarnation, nowMs))
        break
      }
      case 'suspect':
      case 'recover':
      case 'fail':
      case 'return':
      case 'paused':
        break
    }
    this.events.push({ atMs: this.nowMs, by: host.id, effect })
  }

  #schedule(host: SimulatedHost): void {
    const dueMs = Math.max(this.nowMs, host.detector.deadlineMs())
    if (dueMs === Infinity || (this.#timers.get(host) ?? Infinity) <= dueMs) return
    this.#timers.set(host, dueMs)
    this.#time.at(dueMs, () => {
      if (this.#timers.get(host) === dueMs) this.#timers.delete(host)
      // No timer runs while the member is stopped; `#wake` calls `advance`.
      if (host.isCrashed || this.nowMs < host.stoppedUntilMs) return
      if (host.detector.deadlineMs() <= this.nowMs) this.#perform(host, host.detector.advance(this.nowMs))
      else this.#schedule(host)
    })
  }

  #send(from: SimulatedHost, to: string, input: DetectorInput): void {
    this.messages += 1
    if (input.type === 'message' && input.message.type === 'ping') this.probes += 1
    const isCut = this.conditions.isCut(from.id, to)
    if (input.type === 'message' && isCut) this.intercept(from.id, to, input.message)
    if (isCut || this.conditions.isLost()) return
    const host = this.host(to)
    this.after(this.conditions.latencyMs(), () =>
      this.#whenRunning(host, () => this.#perform(host, host.detector.handle(input, this.nowMs))),
    )
  }

  #spread(by: string, arrive: (host: SimulatedHost, nowMs: number) => DetectorEffect[]): void {
    for (const host of this.hosts) {
      if (host.id === by) continue
      this.#gossip(by, host, () =>
        this.#whenRunning(host, () => this.#perform(host, arrive(host, this.nowMs))),
      )
    }
  }

  #gossip(by: string, to: SimulatedHost, arrive: () => void): void {
    const attempt = (): void =>
      this.conditions.isOffline(by, to.id) || this.conditions.isLost()
        ? this.after(gossipRetryMs, attempt)
        : arrive()
    this.after(this.conditions.latencyMs(), attempt)
  }

  #sendHeartbeat(host: SimulatedHost, everyMs: number): void {
    if (host.isCrashed) return
    host.sequence += 1
    const { id, incarnation, sequence } = host
    this.#whenRunning(host, () =>
      this.#spread(id, (other, nowMs) =>
        other.detector.handle({ type: 'heartbeat', id, incarnation, sequence }, nowMs),
      ),
    )
    this.after(everyMs, () => this.#sendHeartbeat(host, everyMs))
  }

  #dial(from: SimulatedHost, to: SimulatedHost): void {
    const { state, afterMs } = this.conditions.dialOutcome(from, to)
    this.#report(from, to.id, state, afterMs)
    if (state === 'open') this.#report(to, from.id, state, afterMs)
  }

  #closeLinks(host: SimulatedHost, afterMs: number): void {
    if (!this.#hasLinks) return
    for (const id of host.links) {
      this.#report(this.host(id), host.id, 'closed', afterMs)
      this.#report(host, id, 'closed', afterMs)
    }
  }

  #report(host: SimulatedHost, id: string, state: ConnectionEvent, afterMs: number): void {
    this.after(afterMs, () =>
      this.#whenRunning(host, () => {
        if (state === 'open') host.links.add(id)
        if (state === 'closed') host.links.delete(id)
        this.#perform(host, host.detector.handle({ type: 'connection', id, state }, this.nowMs))
      }),
    )
  }
}
