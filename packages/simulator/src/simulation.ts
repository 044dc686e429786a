/**
 * Simulation: a cluster of members on a virtual clock and a simulated network. The seed determines the run.
 *
 * All members run the shipped code; only clock, network, keys and storage are simulated. What an app does in answer to an
 * event, promises included, happens at the virtual time of the event.
 */
import { loadConvergenceMeter, loadExplain, loadHeldBy, loadQueries } from '@hearsay/core/host'
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

/** A running simulation. Virtual time passes only in `run` and `runUntil`. */
export interface Simulation extends Faults {
  /** Virtual milliseconds since the start. */
  readonly nowMs: number
  /** All members in the order in which they were added, running or not. */
  readonly members: readonly SimulatedMember[]
  /** The members whose process runs. */
  readonly running: readonly SimulatedMember[]
  /** The events that members emitted to their apps, in order; at most the latest million. */
  readonly events: readonly SimulatedEvent[]
  /** Equal for equal seeds. */
  readonly trace: Trace
  /** How often a member declared another member dead while that member's process ran. */
  readonly falseDeaths: number
  /** Steps of all members so far: frames, timers, dials. */
  readonly steps: number
  /** The member with this name, running or not. @throws {InvalidSimulationError} no member has that name */
  member(name: string): SimulatedMember
  /**
   * Adds a member and starts it.
   *
   * @param bootstrap names of members to join through @default ['m0']
   * @param id its member id, for ids that an attacker has chosen @default an id that depends on its name and the seed
   * @param isEphemeral whether other members forget it when it has left @default false
   */
  add(bootstrap?: readonly string[], id?: string, isEphemeral?: boolean): SimulatedMember
  /** Calls `act` after this virtual time. */
  after(ms: number, act: () => void): void
  /** Lets virtual time pass. @throws {InvariantViolation} and any error that an app throws */
  run(ms: number): Promise<void>
  /**
   * Lets virtual time pass until the condition holds; checks it every 10 ms. Returns the time that it took, in
   * milliseconds.
   *
   * @throws {NotInTimeError} the condition did not hold in time. The message describes the members' views, and contains
   *   the line that replays the run
   */
  runUntil(isSo: () => boolean, options: { withinMs: number }): Promise<number>
  /** Whether every running member sees exactly the running members, each in its present incarnation. */
  isConverged(): boolean
  /** The share of the running members that see exactly the running members; at most about 100 members are checked. */
  agreement(): number
  /** The statuses of a member in the views of the running members, without repetition, in alphabetical order. */
  statusesOf(name: string): string[]
  /** Bytes sent by all members since the start, by kind. */
  sent(): Traffic
  /** The line of code that creates this simulation again. */
  replay(): string
}

/** The condition of `runUntil` did not hold in time. The virtual time has advanced to the end of the given time. */
export class NotInTimeError extends Error {
  override readonly name = 'NotInTimeError'
}

/** The interval at which `runUntil` checks its condition. */
const checkEveryMs = 10
/** In real time: how often the run yields to the event loop. */
const yieldEveryMs = 50

/** Creates a simulation and starts its members. @throws {InvalidSimulationError} an invalid option; nothing started */
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

  add(
    bootstrap: readonly string[] = this.members.length === 0 ? [] : ['m0'],
    id?: string,
    isEphemeral?: boolean,
  ): SimulatedMember {
    const member = this.#world.add(bootstrap, id, isEphemeral)
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
    // Members load this code on demand. Loading it now takes no virtual time later.
    await Promise.all([loadQueries(), loadConvergenceMeter(), loadExplain(), loadHeldBy()])
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

  /**
   * Whether promises must settle before the simulation continues: a member is leaving, an event was emitted, a promise is
   * awaited, or the simulation has not yielded to the event loop for `yieldEveryMs`.
   */
  #mustSettle(): boolean {
    const { observer, isAnyLeaving, promises } = this.#world
    return (
      isAnyLeaving ||
      promises !== this.#promisesSettled ||
      observer.eventCount !== this.#eventsHandled ||
      performance.now() - this.#yieldedMs > yieldEveryMs
    )
  }

  /** Lets every promise settle that can settle before virtual time passes. */
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
