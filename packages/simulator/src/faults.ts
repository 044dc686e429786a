/**
 * Faults: what can happen to members and to the network between them.
 *
 * Members are named. A fault that lasts returns its undo; `heal` undoes all that was done to the network, and
 * nothing that was done to a member.
 */
import type { MemberRecord } from '@hearsay/core/host'
import type { Delay } from './delay.ts'
import type { LossOptions } from './network-conditions.ts'
import { checkDelay, checkDuration, checkRate, InvalidSimulationError } from './options.ts'
import type { SimulatedMember } from './simulated-member.ts'
import type { StorageFault } from './simulated-store.ts'
import type { World } from './world.ts'

/** A page in the background asks for so much patience … */
const hiddenLeaseMs = 150_000
/** … again and again. */
const repeatMs = 60_000

type Names = string | readonly string[]

interface RestartOptions {
  readonly keepStorage?: boolean
  readonly keepIdentity?: boolean
  readonly newAddress?: boolean
}

/** All times in virtual milliseconds. A name that nobody has: {@link InvalidSimulationError}, and nothing happened. */
export interface Faults {
  /** Nothing passes between members of different groups; those in none are one more group. Replaces the last one. */
  partition(groups: readonly (readonly string[])[]): () => void
  /**
   * Nothing gets from the one to the other, nor back unless `oneWay`.
   *
   * @param options oneWay @default false; noRoute: dials fail at once with "network unreachable", as to a peer with
   * another kind of address @default false
   */
  cut(from: Names, to: Names, options?: { oneWay?: boolean; noRoute?: boolean }): () => void
  /** Ends partitions, cuts, loss, delay, duplication, disorder and dropped gossip. */
  heal(): void
  /** A share of all packets is lost. @param rate 0 to 1 */
  loss(rate: number, options?: LossOptions): () => void
  /** Everything takes so long instead. */
  delay(delay: Delay): () => void
  /** A share of all frames arrives twice. TCP does not do that; nothing may depend on it. */
  duplicate(rate: number): () => void
  /** A share of all frames comes up to 500 ms late, after what was sent later. Neither does TCP do that. */
  reorder(rate: number): () => void
  /** For so long gossipsub carries nothing, while streams do. @param options rate: only a share is dropped @default 1 */
  dropGossip(ms: number, options?: { rate?: number }): () => void
  /** The process stops (SIGSTOP, a blocked event loop) and goes on after that time. */
  pause(name: string, ms: number): void
  /**
   * The lid closes for that time: nothing is sent, nothing is acknowledged, the wall clock goes on.
   *
   * @param options monotonicStops: as on Linux and macOS; Windows counts on @default true
   */
  sleep(name: string, ms: number, options?: { monotonicStops?: boolean }): void
  /** Its wall clock is off by that much from now on, ahead if positive. */
  skew(name: string, ms: number): void
  /** SIGKILL: the kernel closes its connections. With `powerLoss` nobody closes anything. */
  crash(names: Names, options?: { powerLoss?: boolean }): void
  /**
   * Starts its process again, killing the present one if it runs.
   *
   * @param options keepStorage: its identity, incarnation and acquaintances @default true; keepIdentity: its key is
   * elsewhere, so it stays the same member without a storage @default keepStorage; newAddress: it is found elsewhere
   * @default false
   */
  restart(name: string, options?: RestartOptions): void
  /**
   * Its storage is copied as it is now, identity included, and another process starts from the copy elsewhere, under the
   * name that is returned. Convergence is not defined while both run.
   */
  copy(name: string): string
  /** Says goodbye, and its process ends. Resolves then. */
  leave(name: string): Promise<void>
  /** A browser's background tab, as it says itself: timers ring once a minute, what arrives is handled at once. */
  throttle(name: string): () => void
  /**
   * Its own network goes with all its connections, and comes back after that time with another address.
   *
   * @param options othersNotice: the other ends see their connections close, too @default true
   */
  changeNetwork(name: string, ms: number, options?: { othersNotice?: boolean }): void
  /**
   * Something happens to its disk, whether its process runs or not. Replaces what happened before. Its undo repairs the
   * disk: what was deleted stays deleted.
   */
  failStorage(name: string, fault: StorageFault): () => void
}

export function createFaults(world: World): Faults {
  const { time, conditions, network, troubles } = world

  const all = (names: Names): SimulatedMember[] =>
    (typeof names === 'string' ? [names] : names).map(name => world.member(name))
  const namesOf = (names: Names): string[] => all(names).map(({ name }) => name)
  const running = (name: string): SimulatedMember => {
    const member = world.member(name)
    if (!member.isRunning) throw new InvalidSimulationError(`${name} is not running`)
    return member
  }
  /** A fault of the network begins. */
  const lasting = (undo: () => void): (() => void) => {
    troubles.changed(time.nowMs)
    return () => {
      undo()
      troubles.changed(time.nowMs)
    }
  }
  const pause = (name: string, ms: number, how: { isAsleep: boolean; monotonicStops: boolean }): void => {
    checkDuration('ms', ms)
    const timersFirst = world.random('pause')() < 0.5
    troubles.activeUntil(name, time.nowMs + ms)
    running(name).clock.pause(ms, { ...how, timersFirst })
  }

  return {
    partition: groups => lasting(conditions.partition(groups.map(namesOf))),
    cut(from, to, { oneWay = false, noRoute = false } = {}) {
      const [a, b] = [namesOf(from), namesOf(to)]
      const there = conditions.cut(a, b, !noRoute)
      const back = oneWay ? () => {} : conditions.cut(b, a, !noRoute)
      return lasting(() => {
        there()
        back()
      })
    },
    heal() {
      conditions.heal()
      troubles.changed(time.nowMs)
    },
    loss(rate, options = {}) {
      checkRate('rate', rate)
      for (const names of [options.from, options.to]) if (names !== undefined) all(names)
      return lasting(conditions.lose(rate, options))
    },
    delay(delay) {
      checkDelay(delay)
      return lasting(conditions.slow(delay))
    },
    duplicate(rate) {
      checkRate('rate', rate)
      return lasting(conditions.duplicate(rate))
    },
    reorder(rate) {
      checkRate('rate', rate)
      return lasting(conditions.reorder(rate))
    },
    dropGossip(ms, { rate = 1 } = {}) {
      checkDuration('ms', ms)
      checkRate('rate', rate)
      const stop = lasting(conditions.dropGossip(rate))
      time.after(ms, stop)
      return stop
    },
    pause: (name, ms) => pause(name, ms, { isAsleep: false, monotonicStops: false }),
    sleep: (name, ms, { monotonicStops = true } = {}) => pause(name, ms, { isAsleep: true, monotonicStops }),
    skew(name, ms) {
      if (!Number.isFinite(ms)) throw new InvalidSimulationError(`ms: ${ms} is no number`)
      world.member(name).clock.skewMs = ms
    },
    crash(names, { powerLoss = false } = {}) {
      for (const member of all(names)) world.stop(member, !powerLoss)
    },
    restart(name, { keepStorage = true, keepIdentity = keepStorage, newAddress = false } = {}) {
      const member = world.member(name)
      world.stop(member, true)
      if (!keepStorage) member.loseStorage({ keepIdentity })
      if (newAddress) member.moveTo(world.newAddress())
      world.start(member)
    },
    copy(name) {
      const original = world.member(name)
      const copy = world.add(['m0'])
      copy.copyStorage(original)
      world.start(copy)
      return copy.name
    },
    leave: name => world.leave(running(name)),
    throttle(name) {
      const member = running(name)
      const { life: process } = member
      const attend = (attention: MemberRecord['attention']) => {
        if (member.life === process && member.isRunning)
          member.deliver(driver => driver.handle({ type: 'local-change', change: { attention } }))
      }
      let isOver = false
      const ask = () => {
        if (isOver) return
        attend({ state: 'hidden', leaseMs: hiddenLeaseMs })
        time.after(repeatMs, ask)
      }
      const undo = member.clock.throttle()
      troubles.started(name)
      ask()
      return () => {
        if (isOver) return
        isOver = true
        undo()
        attend({ state: 'full', leaseMs: 0 })
        troubles.ended(name, time.nowMs)
      }
    },
    changeNetwork(name, ms, { othersNotice = true } = {}) {
      checkDuration('ms', ms)
      const member = running(name)
      const { life: process } = member
      troubles.activeUntil(name, time.nowMs + ms)
      network.breakLinks(member, othersNotice)
      member.isOffline = true
      time.after(ms, () => {
        if (member.life !== process) return
        member.isOffline = false
        member.moveTo(world.newAddress())
      })
    },
    failStorage(name, fault) {
      const { store } = world.member(name)
      store.fail(fault)
      return () => store.repair()
    },
  }
}
