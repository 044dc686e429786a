/**
 * Observer: collects the events and facts of all members, and checks them against the invariants.
 *
 * A violation is thrown from the step that caused it.
 */
import { type MemberEvent, type SignedFact, subjectOf } from '@hearsay/core/host'
import { FactInterning } from './fact-interning.ts'
import type { FaultLog } from './fault-log.ts'
import { type BoundsOptions, checkBounds } from './invariants/bounds.ts'
import { FalseDeaths } from './invariants/false-deaths.ts'
import { checkIncarnation } from './invariants/incarnations.ts'
import { Registers } from './invariants/registers.ts'
import { Returns } from './invariants/returns.ts'
import type { MemberObserver, SimulatedMember } from './simulated-member.ts'

/** A cluster event that one member emitted to its app. */
export interface SimulatedEvent {
  /** Virtual milliseconds from the start of the simulation. */
  readonly atMs: number
  /** The name of the event, as in `cluster.events`: `join`, `suspect`, `fail`, … */
  readonly type: MemberEvent['type']
  /** Name of the member that emitted the event. */
  readonly by: string
  /** Name of the member that the event is about; its id if no member of the simulation has that id. */
  readonly member: string
  /** The incarnation of the member that the event is about. */
  readonly incarnation: number
}

/** The part of the simulation that an observer uses. */
export interface ObserverOptions {
  readonly nowMs: () => number
  readonly memberOf: (id: string) => SimulatedMember | undefined
  readonly faultLog: FaultLog
  readonly bounds: BoundsOptions
  readonly allowanceMs: number
  readonly areChecked: boolean
}

const maxEvents = 1_000_000
const checkIntervalMs = 1_000

/** Receives everything that members report; see `MemberObserver`. */
export class Observer implements MemberObserver {
  readonly #options: ObserverOptions
  readonly #pool = new FactInterning()
  readonly #falseDeaths: FalseDeaths
  /** The invariants of each member's running process, by member name. */
  readonly #processes = new Map<string, { processNumber: number; registers: Registers; returns: Returns }>()
  /** Ids of the members that facts since the last step are about. */
  readonly #ids: string[] = []
  #events: SimulatedEvent[] = []
  #eventCount = 0
  #notes: string[] = []
  #checkDueMs = 0

  constructor(options: ObserverOptions) {
    this.#options = options
    const { allowanceMs, faultLog, nowMs } = options
    this.#falseDeaths = new FalseDeaths({
      allowanceMs,
      wellSinceMs: (a, b) => faultLog.healthySinceMs(a, b, nowMs()),
    })
  }

  /** The latest events, at most a million, in order. */
  get events(): readonly SimulatedEvent[] {
    return this.#events
  }

  /** The number of events so far. */
  get eventCount(): number {
    return this.#eventCount
  }

  /** How often a member declared another member dead while that member's process ran. */
  get falseDeaths(): number {
    return this.#falseDeaths.count
  }

  /** The latest log lines of all members. */
  get notes(): readonly string[] {
    return this.#notes
  }

  readonly fact = (fact: SignedFact): SignedFact => {
    const shared = this.#pool.intern(fact)
    if (this.#options.areChecked) {
      checkIncarnation(shared, this.#options.memberOf)
      this.#ids.push(subjectOf(shared))
    }
    return shared
  }

  event(by: SimulatedMember, event: MemberEvent): void {
    const { nowMs, memberOf, areChecked } = this.#options
    const { type, member } = event
    const about = memberOf(member.id)
    this.#record({
      atMs: nowMs(),
      type,
      by: by.name,
      member: about?.id === member.id ? about.name : member.id,
      incarnation: member.incarnation,
    })
    if (areChecked) this.#processOf(by).returns.check(event)
    if (about?.id !== member.id) return
    if (type === 'fail') this.#falseDeaths.declared(by, about, nowMs())
    else this.#falseDeaths.withdrawn(by, about)
  }

  stepped(member: SimulatedMember): void {
    const { areChecked, bounds } = this.#options
    if (!areChecked) return
    const { registers } = this.#processOf(member)
    for (const id of this.#ids) registers.touch(id)
    this.#ids.length = 0
    registers.check(member.machine, member.clock.now().epochMs)
    checkBounds(member, bounds)
  }

  note(member: SimulatedMember, message: string): void {
    this.#notes = [...this.#notes.slice(-99), `${member.name}: ${message}`]
  }

  /** Called between steps, at any frequency. */
  checkNow(): void {
    const { areChecked, nowMs } = this.#options
    if (!areChecked || nowMs() < this.#checkDueMs) return
    this.#checkDueMs = nowMs() + checkIntervalMs
    this.#falseDeaths.check(nowMs())
  }

  #record(event: SimulatedEvent): void {
    this.#eventCount += 1
    if (this.#events.length >= maxEvents) this.#events = this.#events.slice(maxEvents / 2)
    this.#events.push(event)
  }

  #processOf(member: SimulatedMember): { registers: Registers; returns: Returns } {
    const known = this.#processes.get(member.name)
    if (known?.processNumber === member.processNumber) return known
    const process = {
      processNumber: member.processNumber,
      registers: new Registers(),
      returns: new Returns(),
    }
    this.#processes.set(member.name, process)
    return process
  }
}
