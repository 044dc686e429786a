/**
 * Simulated member: the real driver and machine of one member, on a clock that can stall, sleep and be wrong.
 *
 * Its process may come and go; identity and, if it has a store, incarnation stay.
 */
import { multiaddr } from '@multiformats/multiaddr'
import type { Member } from '../src/cluster/cluster.ts'
import { Driver } from '../src/cluster/driver.ts'
import { Machine, type MachineOptions } from '../src/cluster/machine.ts'
import type { MemberEvent } from '../src/cluster/membership.ts'
import { firstRecord } from '../src/cluster/options.ts'
import type { Clock, Transport } from '../src/cluster/ports.ts'
import { firstIncarnation } from '../src/state/incarnation.ts'
import type { Instant } from '../src/state/instant.ts'
import { clusterTag } from '../src/wire/cluster-tag.ts'
import { fakeKeys } from './fake-keys.ts'
import type { VirtualTime } from './virtual-time.ts'

export const simulatedTag: Uint8Array = clusterTag('simulated')
const startedEpochMs = 1_700_000_000_000
/** As `Face` waits for a neighbour to hear the goodbye. */
const goodbyeMs = 1_000

/** One connection, known to both ends; an end that closed has let go of it. */
export interface Connection {
  /** Since when nothing has got through on it. */
  silentSinceMs: number | undefined
}

export interface SimulatedEvent {
  readonly atMs: number
  readonly type: MemberEvent['type']
  readonly id: string
  readonly incarnation: number
}

export interface SimulatedMemberOptions {
  readonly name: string
  readonly id: string
  readonly address: string
  readonly bootstrap: readonly string[]
  readonly random: () => number
  readonly machine: Partial<MachineOptions>
}

type Doing = { readonly timer: boolean; readonly act: () => void }

export class SimulatedMember implements Clock {
  readonly name: string
  readonly id: string
  /** Where it can be dialled; told to others when it starts or `moveTo` is called. */
  address: string
  readonly events: SimulatedEvent[] = []
  readonly links = new Map<string, Connection>()
  readonly learned = new Map<string, readonly Uint8Array[]>()
  /** Content hash of a rumor → when it was first seen. */
  readonly seen = new Map<string, number>()
  /** Bytes sent. */
  readonly sent = { probe: 0, sync: 0, rumor: 0 }
  /** How far its wall clock is off. */
  skewMs = 0
  /** Its own network is gone: dials end at once. */
  isOffline = false
  isAsleep = false
  storedIncarnation: number | undefined
  readonly #options: SimulatedMemberOptions
  readonly #time: VirtualTime
  #process: { readonly machine: Machine; readonly driver: Driver } | undefined
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  #sleptMs = 0
  #inbox: Doing[] = []

  constructor(options: SimulatedMemberOptions, time: VirtualTime) {
    this.name = options.name
    this.id = options.id
    this.address = options.address
    this.#options = options
    this.#time = time
  }

  get isRunning(): boolean {
    return this.#process !== undefined
  }

  get isPaused(): boolean {
    return this.#time.nowMs < this.#pausedUntilMs
  }

  get machine(): Machine {
    return this.#running().machine
  }

  get driver(): Driver {
    return this.#running().driver
  }

  members(): readonly Member[] {
    return this.machine.members()
  }

  now(): Instant {
    const monotonicMs = this.#time.nowMs - this.#sleptMs
    return { monotonicMs, epochMs: Math.floor(startedEpochMs + this.#time.nowMs + this.skewMs) }
  }

  setTimer(atMonotonicMs: number, callback: () => void): () => void {
    const process = this.#process
    let isCancelled = false
    const fire = (): void => {
      if (isCancelled || (process && process !== this.#process)) return
      // It slept meanwhile, and its monotonic clock with it.
      if (this.now().monotonicMs < atMonotonicMs) cancel = this.#time.at(atMonotonicMs + this.#sleptMs, ring)
      else callback()
    }
    const ring = (): void => this.#whenAwake({ timer: true, act: fire })
    let cancel = this.#time.at(atMonotonicMs + this.#sleptMs, ring)
    return () => {
      isCancelled = true
      cancel()
    }
  }

  start(transport: Transport, goodbyeHeard: () => void): void {
    const { id: self, bootstrap, random, name } = this.#options
    const now = this.now()
    const incarnation = firstIncarnation(this.storedIncarnation, now.epochMs)
    const record = firstRecord({ name, tags: {}, incarnation })
    const machine = new Machine(
      { self, record, bootstrap, random, profile: 'lan', ...this.#options.machine },
      now,
    )
    const listener = {
      event: ({ type, member: { id, incarnation } }: MemberEvent) => {
        this.events.push({ atMs: this.#time.nowMs, type, id, incarnation })
      },
      stepped: () => {},
      persist: (incarnation: number) => {
        this.storedIncarnation = incarnation
      },
      goodbyeHeard,
      persistAcquaintances: () => {},
      note: () => {},
    }
    const keys = fakeKeys(self)
    const driver = new Driver({ machine, cluster: simulatedTag, clock: this, transport, keys, listener })
    this.#process = { machine, driver }
    this.moveTo(this.address)
    driver.start()
  }

  /** Presents itself at another address. */
  moveTo(address: string): void {
    this.address = address
    this.driver.handle({ type: 'change', change: { addresses: [multiaddr(address).bytes] } })
  }

  stop(): void {
    this.#process?.driver.stop()
    this.#process = undefined
    this.#inbox = []
    this.links.clear()
    this.learned.clear()
    this.seen.clear()
  }

  leave(stop: () => void): void {
    this.setTimer(this.now().monotonicMs + goodbyeMs, stop)
    this.driver.handle({ type: 'leave' })
  }

  /** Timers and whatever arrives wait. @param timersFirst on waking. */
  pause(ms: number, isAsleep: boolean, timersFirst: boolean): void {
    this.#pausedUntilMs = this.#time.nowMs + ms
    this.isAsleep = isAsleep
    this.#time.after(ms, () => {
      this.isAsleep = false
      if (isAsleep) this.#sleptMs += ms
      const inbox = this.#inbox
      this.#inbox = []
      const [timers, rest] = [inbox.filter(({ timer }) => timer), inbox.filter(({ timer }) => !timer)]
      for (const { act } of timersFirst ? [...timers, ...rest] : [...rest, ...timers]) act()
    })
  }

  /** Does it now, once awake, or, if this process has ended by then, never. */
  deliver(act: (driver: Driver) => void): void {
    const process = this.#process
    if (!process) return
    this.#whenAwake({
      timer: false,
      act: () => {
        if (process === this.#process) act(process.driver)
      },
    })
  }

  #whenAwake(doing: Doing): void {
    if (this.isPaused) this.#inbox.push(doing)
    else doing.act()
  }

  #running(): { readonly machine: Machine; readonly driver: Driver } {
    if (!this.#process) throw new Error(`${this.name} is not running`)
    return this.#process
  }
}
