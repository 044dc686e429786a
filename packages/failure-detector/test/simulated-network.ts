import { DeadlineQueue } from '../src/deadline-queue.ts'
import type {
  ConnectionEvent,
  DetectorEffect,
  DetectorInput,
  DetectorOptions,
  ProbeMessage,
} from '../src/index.ts'
import { createRings, ringNeighbours } from '../src/index.ts'
import { mulberry32 } from './mulberry32.ts'
import { SimulatedHost } from './simulated-host.ts'

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

/** Smaller networks are a full mesh. */
const fullMeshBelow = 17
const dialTimeoutMs = 1_000
const gossipRetryMs = 200

/**
 * n detectors on one virtual clock, without membership. Events are ordered by (time, sequence), and the seed determines
 * the run. The simulator package cannot replace this network: it depends on core, and core on this package.
 */
export class SimulatedNetwork {
  readonly hosts: readonly SimulatedHost[]
  readonly events: Event[] = []
  nowMs = 0
  loss: number
  /** Called for each message on a cut connection. */
  intercept: (from: string, to: string, message: ProbeMessage) => void = () => {}
  messages = 0
  probes = 0
  /** Members whose local network is down. */
  readonly offline = new Map<string, 'network-down' | 'unreachable'>()
  readonly #byId: ReadonlyMap<string, SimulatedHost>
  readonly #random: () => number
  readonly #cuts = new Set<string>()
  readonly #hasLinks: boolean
  readonly #queue = new DeadlineQueue<number>()
  readonly #actions = new Map<number, () => void>()
  readonly #timers = new Map<SimulatedHost, number>()
  #seq = 0
  #trace = 0x811c9dc5

  constructor({ members, seed, loss = 0, links = false, beatMs, detector = {} }: NetworkOptions) {
    this.#random = mulberry32(seed)
    this.#hasLinks = links
    this.loss = loss
    const ids = Array.from({ length: members }, (_, index) => `m${index}`)
    this.hosts = ids.map(
      self => new SimulatedHost({ self, random: mulberry32(seed ^ hashOf(self)), ...detector }),
    )
    this.#byId = new Map(this.hosts.map(host => [host.id, host]))
    const rings = createRings(4, ids)
    const monitorsOf = (id: string): string[] =>
      members < fullMeshBelow ? ids.filter(other => other !== id) : rings.neighbours(id)
    for (const host of this.hosts) this.#start(host, ids, monitorsOf)
    if (beatMs !== undefined)
      for (const host of this.hosts)
        this.#at(this.#random() * beatMs, () => this.#sendHeartbeat(host, beatMs))
  }

  /** Equal for two runs of the same seed. */
  get trace(): number {
    return this.#trace
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
    const untilMs = this.nowMs + forMs
    for (;;) {
      const dueMs = this.#queue.nextMs()
      const key = this.#queue.takeDue(untilMs)
      if (key === undefined) break
      this.nowMs = dueMs
      const action = this.#actions.get(key)
      this.#actions.delete(key)
      action?.()
    }
    this.nowMs = untilMs
  }

  later(afterMs: number, action: () => void): void {
    this.#at(this.nowMs + afterMs, action)
  }

  /** From now on the network loses all messages from one member to the other. Gossip still arrives. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from}>${to}`)
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
    this.#at(host.stoppedUntilMs, () => this.#wake(host))
  }

  /** Takes the member's local network down for a while, and closes all its connections. */
  takeOffline(id: string, forMs: number, dialsEnd: 'network-down' | 'unreachable'): void {
    this.offline.set(id, dialsEnd)
    this.#closeLinks(this.host(id), 1)
    this.later(forMs, () => this.offline.delete(id))
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

  #start(host: SimulatedHost, ids: readonly string[], monitorsOf: (id: string) => string[]): void {
    for (const id of ids) this.#perform(host, host.receiveRecord(id, 1, 0))
    const subjects = monitorsOf(host.id).map(id => ({ id, monitors: monitorsOf(id) }))
    this.feed(host.id, { type: 'subjects', subjects })
    if (!this.#hasLinks) return
    for (const { id } of subjects) {
      host.links.add(id)
      this.feed(host.id, { type: 'connection', id, state: 'open' })
    }
  }

  #at(dueMs: number, action: () => void): void {
    // Events due at the same time run in the order of their sequence numbers. The fraction is far below a
    // clock's tick.
    this.#seq += 1
    this.#actions.set(this.#seq, action)
    this.#queue.set(this.#seq, dueMs + this.#seq * 1e-9)
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
      this.#trace = hashOf(`${this.nowMs.toFixed(3)} ${host.id} ${JSON.stringify(effect)}`, this.#trace)
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
    this.#at(dueMs, () => {
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
    if (input.type === 'message' && this.#isCut(from.id, to)) this.intercept(from.id, to, input.message)
    if (this.#isCut(from.id, to) || this.#random() < this.loss) return
    const host = this.host(to)
    this.later(this.#latencyMs(), () =>
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
    const isOut = (): boolean => this.offline.has(by) || this.offline.has(to.id)
    const attempt = (): void =>
      isOut() || this.#random() < this.loss ? this.later(gossipRetryMs, attempt) : arrive()
    this.later(this.#latencyMs(), attempt)
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
    this.later(everyMs, () => this.#sendHeartbeat(host, everyMs))
  }

  #dial(from: SimulatedHost, to: SimulatedHost): void {
    const own = this.offline.get(from.id)
    if (own === 'network-down') this.#report(from, to.id, 'network-down', 1)
    else if (own !== undefined || this.offline.has(to.id))
      this.#report(from, to.id, 'unreachable', dialTimeoutMs)
    else if (to.isCrashed) this.#report(from, to.id, 'refused', 2)
    else {
      // The kernel accepts connections for a stopped process too.
      this.#report(from, to.id, 'open', 2)
      this.#report(to, from.id, 'open', 2)
    }
  }

  #closeLinks(host: SimulatedHost, afterMs: number): void {
    if (!this.#hasLinks) return
    for (const id of host.links) {
      this.#report(this.host(id), host.id, 'closed', afterMs)
      this.#report(host, id, 'closed', afterMs)
    }
  }

  #report(host: SimulatedHost, id: string, state: ConnectionEvent, afterMs: number): void {
    this.later(afterMs, () =>
      this.#whenRunning(host, () => {
        if (state === 'open') host.links.add(id)
        if (state === 'closed') host.links.delete(id)
        this.#perform(host, host.detector.handle({ type: 'connection', id, state }, this.nowMs))
      }),
    )
  }

  #isCut(from: string, to: string): boolean {
    return this.#cuts.has(`${from}>${to}`) || this.offline.has(from) || this.offline.has(to)
  }

  #latencyMs(): number {
    return 1 + 4 * this.#random()
  }
}

/** All neighbours of a member in a network of `members` members. */
export function neighboursIn(members: number, id: string): string[] {
  const ids = Array.from({ length: members }, (_, index) => `m${index}`)
  return members < fullMeshBelow ? ids.filter(other => other !== id) : ringNeighbours(id, ids)
}

function hashOf(text: string, from = 0x811c9dc5): number {
  let hash = from
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hash
}
