/**
 * Simulation: a cluster of members on a virtual clock and a simulated network. The seed is the run.
 *
 * Everybody runs what ships; only clock, network, keys and storage are simulated. What an app does in answer to an
 * event, promises included, happens at the virtual instant of the event.
 */
import { Convergence } from './convergence.ts'
import { createFaults, type Faults } from './faults.ts'
import { InvariantViolation } from './invariants/violation.ts'
import type { SimulatedEvent } from './observer.ts'
import { checkDuration, checkSimulationOptions, type SimulationOptions } from './options.ts'
import type { SimulatedMember } from './simulated-member.ts'
import type { Trace } from './trace.ts'
import { sumTraffic, type Traffic } from './traffic.ts'
import { startWarm } from './warm-start.ts'
import { World } from './world.ts'

export interface Simulation extends Faults {
  /** Virtual milliseconds since the start. */
  readonly nowMs: number
  /** Everybody, in the order in which they came, whether they run or not. */
  readonly members: readonly SimulatedMember[]
  /** Those whose process runs. */
  readonly running: readonly SimulatedMember[]
  /** What the members told their apps, in order; the last million. */
  readonly events: readonly SimulatedEvent[]
  /** Equal seeds, equal traces. */
  readonly trace: Trace
  /** Times a member whose process ran was declared dead by another. */
  readonly falseDeaths: number
  /** Steps of members so far: frames, timers, dials. */
  readonly steps: number
  /** @throws {InvalidSimulationError} nobody has that name */
  member(name: string): SimulatedMember
  /** A new member, started at once. @param bootstrap names @default ['m0'] */
  add(bootstrap?: readonly string[]): SimulatedMember
  /** Does something after so long. */
  after(ms: number, act: () => void): void
  /** Lets so much time pass. @throws {InvariantViolation} and whatever an app throws */
  run(ms: number): Promise<void>
  /**
   * Lets time pass until it is so, looking each 10 ms. Returns how long it took.
   *
   * @throws {NotInTimeError} it did not come true; the message says what the members see, and how to replay it
   */
  runUntil(isSo: () => boolean, options: { withinMs: number }): Promise<number>
  /** Whether everybody who runs sees exactly those who run, in their present incarnation. */
  isConverged(): boolean
  /** The share of those who run that see exactly those who run; of many, a hundred are asked. */
  agreement(): number
  /** How those who run see a member, without repetition, in alphabetical order. */
  statusesOf(name: string): string[]
  /** Bytes sent by all since the start, by kind. */
  sent(): Traffic
  /** The line that makes this simulation again. */
  replay(): string
}

/** What `runUntil` waited for did not come true in time. The simulation stands at the end of that time. */
export class NotInTimeError extends Error {
  override readonly name = 'NotInTimeError'
}

/** How finely `runUntil` looks. */
const checkEveryMs = 10
/** In real time: whoever waits for the simulation gets a turn so often. */
const yieldEveryMs = 50

/** @throws {InvalidSimulationError} an option; nothing was started */
export function createSimulation(options: SimulationOptions): Simulation {
  checkSimulationOptions(options)
  const world = new World(options)
  const simulation = Object.assign(new SimulationRun(world), createFaults(world))
  const { members = 0, start = 'joining' } = options
  if (start === 'warm') startWarm(world, members)
  else for (let i = 0; i < members; i++) simulation.add()
  return simulation
}

class SimulationRun implements Omit<Simulation, keyof Faults> {
  readonly #world: World
  readonly #convergence: Convergence
  #promisesSettled = 0
  #eventsHandled = 0
  #yieldedMs = performance.now()

  constructor(world: World) {
    this.#world = world
    this.#convergence = new Convergence(() => this.running)
  }

  get nowMs(): number {
    return this.#world.time.nowMs
  }

  get members(): readonly SimulatedMember[] {
    return this.#world.members
  }

  get running(): readonly SimulatedMember[] {
    return this.#world.members.filter(({ isRunning }) => isRunning)
  }

  get events(): readonly SimulatedEvent[] {
    return this.#world.observer.events
  }

  get trace(): Trace {
    return this.#world.trace
  }

  get falseDeaths(): number {
    return this.#world.observer.falseDeaths
  }

  get steps(): number {
    return this.#world.time.steps
  }

  member(name: string): SimulatedMember {
    return this.#world.member(name)
  }

  add(bootstrap: readonly string[] = this.members.length === 0 ? [] : ['m0']): SimulatedMember {
    const member = this.#world.add(bootstrap)
    this.#world.start(member)
    return member
  }

  after(ms: number, act: () => void): void {
    checkDuration('ms', ms)
    this.#world.time.after(ms, act)
  }

  async run(ms: number): Promise<void> {
    checkDuration('ms', ms)
    await this.#runTo(this.nowMs + ms)
  }

  async runUntil(isSo: () => boolean, { withinMs }: { withinMs: number }): Promise<number> {
    checkDuration('withinMs', withinMs)
    const startedMs = this.nowMs
    await this.#settle()
    while (!isSo()) {
      if (this.nowMs - startedMs >= withinMs)
        throw new NotInTimeError(`not within ${withinMs} ms; to replay: ${this.replay()}\n${this.#report()}`)
      await this.#runTo(this.nowMs + checkEveryMs)
    }
    return this.nowMs - startedMs
  }

  isConverged(): boolean {
    return this.#convergence.isConverged()
  }

  agreement(): number {
    return this.#convergence.agreement()
  }

  statusesOf(name: string): string[] {
    const { id } = this.member(name)
    const others = this.running.filter(member => member.id !== id)
    return [...new Set(others.map(({ machine }) => machine.member(id)?.status ?? 'unknown'))].sort()
  }

  sent(): Traffic {
    return sumTraffic(this.members.map(({ sent }) => sent))
  }

  replay(): string {
    return `createSimulation(${JSON.stringify(this.#world.options)})`
  }

  async #runTo(untilMs: number): Promise<void> {
    const { time, observer } = this.#world
    try {
      while (time.step(untilMs)) {
        observer.checkNow()
        if (this.#mustSettle()) await this.#settle()
      }
    } catch (error) {
      if (error instanceof InvariantViolation)
        error.message += `\nat ${this.nowMs} ms of ${this.replay()}\n${this.#report()}`
      throw error
    }
  }

  /** Somebody was told something, or waits for a promise, or for a turn in the event loop. */
  #mustSettle(): boolean {
    const { observer, isAnyLeaving, promises } = this.#world
    return (
      isAnyLeaving ||
      promises !== this.#promisesSettled ||
      observer.eventCount !== this.#eventsHandled ||
      performance.now() - this.#yieldedMs > yieldEveryMs
    )
  }

  /** Lets all promises that can go on go on, before time does. */
  async #settle(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    this.#eventsHandled = this.#world.observer.eventCount
    this.#promisesSettled = this.#world.promises
    this.#yieldedMs = performance.now()
  }

  #report(): string {
    const arrivals = this.trace.last().slice(-8)
    return [
      ...this.running.slice(0, 8).map(({ name, machine }) => {
        const count = (status: string) => machine.members().filter(member => member.status === status).length
        const counts = ['alive', 'suspect', 'dead', 'left'].map(status => `${status} ${count(status)}`)
        return `  ${name}: ${counts.join(', ')}, links ${machine.health().connections}`
      }),
      ...arrivals.map(
        ({ atMs, from, to, what, bytes }) => `  ${atMs.toFixed(3)} ms ${from} → ${to} ${what} ${bytes} B`,
      ),
    ].join('\n')
  }
}
