/**
 * Faults: what can go wrong with members and with the network between them.
 *
 * A method takes the names of members. A method that starts a lasting fault returns a function that ends the fault, except
 * `skew`. `heal` ends all faults of the network, but no fault of a member.
 */
import type { MemberRecord } from '@hearsay/core/host'
import type { Delay } from './delay.ts'
import { createHostileFaults, type HostileFaults } from './hostile-members.ts'
import type { LossOptions } from './network-conditions.ts'
import { checkDelay, checkDuration, checkRate, InvalidSimulationError } from './options.ts'
import type { SimulatedMember } from './simulated-member.ts'
import type { StorageFault } from './simulated-store.ts'
import type { World } from './world.ts'

/** The length of the attention lease that a page in the background requests. */
const hiddenLeaseMs = 150_000
/** The interval at which a page in the background renews its attention lease. */
const repeatMs = 60_000

type Names = string | readonly string[]

interface RestartOptions {
  readonly keepStorage?: boolean
  readonly keepIdentity?: boolean
  readonly newAddress?: boolean
}

/** All times are virtual milliseconds. An unknown name throws {@link InvalidSimulationError} and changes nothing. */
export interface Faults extends HostileFaults {
  /**
   * Blocks all packets between different groups. Members without a group form one more group. Replaces the
   * last partition.
   */
  partition(groups: readonly (readonly string[])[]): () => void
  /**
   * Blocks all packets from the first members to the second and, unless `oneWay`, back.
   *
   * @param options oneWay @default false; noRoute: dials fail at once with "network unreachable", as to a peer of
   * another address family @default false
   */
  cut(from: Names, to: Names, options?: { oneWay?: boolean; noRoute?: boolean }): () => void
  /** Ends partitions, cuts, loss, delay, duplication, reordering and dropped gossip. */
  heal(): void
  /** Loses a share of all packets. @param rate 0 to 1 */
  loss(rate: number, options?: LossOptions): () => void
  /** Replaces the delay of all frames. */
  delay(delay: Delay): () => void
  /** Delivers a share of all frames twice. TCP never does that, and hearsay must not depend on it. */
  duplicate(rate: number): () => void
  /** Delivers a share of all frames up to 500 ms late, behind later frames. TCP never does that either. */
  reorder(rate: number): () => void
  /**
   * Drops gossipsub's messages for `ms`; streams still work.
   *
   * @param options rate: the dropped share @default 1
   */
  dropGossip(ms: number, options?: { rate?: number }): () => void
  /** Pauses the member's process for `ms`, as SIGSTOP or a blocked event loop does. */
  pause(name: string, ms: number): void
  /**
   * Suspends the member's machine for `ms`, as a closed lid does: it sends and acknowledges nothing, and the
   * wall clock continues.
   *
   * @param options monotonicStops: the monotonic clock stops, as on Linux and macOS; on Windows it continues
   * @default true
   */
  sleep(name: string, ms: number, options?: { monotonicStops?: boolean }): void
  /**
   * Sets the error of the member's wall clock from now on. A positive value means that the clock is ahead, 0 that it is right.
   */
  skew(name: string, ms: number): void
  /**
   * Kills the processes, as SIGKILL does: the kernel closes their connections. With `powerLoss`, the
   * connections are not closed.
   */
  crash(names: Names, options?: { powerLoss?: boolean }): void
  /**
   * Starts the member's process again. If a process runs, it is killed first.
   *
   * @param options `keepStorage`: the process finds its identity, incarnation and peer cache. @default true
   *   `keepIdentity`: the process has its key although it has no storage, because the key is stored elsewhere.
   *   @default keepStorage
   *   `newAddress`: the process gets another address. @default false
   */
  restart(name: string, options?: RestartOptions): void
  /**
   * Copies the member's present storage, including its identity, and starts another process from the copy at
   * another address. Returns the name of that process. Convergence is not defined while both processes run.
   */
  copy(name: string): string
  /** The member leaves the cluster, and then its process ends. Resolves when the process has ended. */
  leave(name: string): Promise<void>
  /**
   * Makes the member a background tab that reports itself as hidden: its timers run once a minute, frames are handled at
   * once.
   *
   * @param options isViewed: a view of the member is visible in another tab, so the member reports that it is active, and
   *   requests the lease of a hidden page @default false
   */
  throttle(name: string, options?: { isViewed?: boolean }): () => void
  /**
   * Disconnects the member's network, with all its connections, and reconnects it with another address after
   * `ms`.
   *
   * @param options othersNotice: the other ends see their connections close, too @default true
   */
  changeNetwork(name: string, ms: number, options?: { othersNotice?: boolean }): void
  /**
   * Makes the member's disk fail, whether its process runs or not. Replaces the member's last storage fault.
   * The undo repairs the disk; deleted data stays deleted.
   */
  failStorage(name: string, fault: StorageFault): () => void
}

/** Creates the faults of a simulation. */
export function createFaults(world: World): Faults {
  const { time, conditions, network, faultLog } = world

  const all = (names: Names): SimulatedMember[] =>
    (typeof names === 'string' ? [names] : names).map(name => world.member(name))
  const namesOf = (names: Names): string[] => all(names).map(({ name }) => name)
  const running = (name: string): SimulatedMember => {
    const member = world.member(name)
    if (!member.isRunning) throw new InvalidSimulationError(`${name} is not running`)
    return member
  }
  /** Logs a network fault until its undo is called. */
  const lasting = (undo: () => void): (() => void) => {
    faultLog.changed(time.nowMs)
    return () => {
      undo()
      faultLog.changed(time.nowMs)
    }
  }
  const pause = (name: string, ms: number, how: { isAsleep: boolean; monotonicStops: boolean }): void => {
    checkDuration('ms', ms)
    const timersFirst = world.random('pause')() < 0.5
    faultLog.activeUntil(name, time.nowMs + ms)
    running(name).clock.pause(ms, { ...how, timersFirst })
  }

  return {
    ...createHostileFaults(world),
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
      faultLog.changed(time.nowMs)
    },
    loss(rate, options = {}) {
      checkRate('rate', rate)
      for (const names of [options.from, options.to]) if (names !== undefined) all(names)
      return lasting(conditions.loss(rate, options))
    },
    delay(delay) {
      checkDelay(delay)
      return lasting(conditions.delay(delay))
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
    throttle(name, { isViewed = false } = {}) {
      const member = running(name)
      const { processNumber: process } = member
      const announce = (attention: MemberRecord['attention']) => {
        if (member.processNumber === process && member.isRunning)
          member.deliver(driver => driver.handle({ type: 'local-change', change: { attention } }))
      }
      let isOver = false
      const renew = () => {
        if (isOver) return
        announce({ state: isViewed ? 'full' : 'hidden', leaseMs: hiddenLeaseMs })
        time.after(repeatMs, renew)
      }
      const undo = member.clock.throttle()
      faultLog.started(name)
      renew()
      return () => {
        if (isOver) return
        isOver = true
        undo()
        announce({ state: 'full', leaseMs: 0 })
        faultLog.ended(name, time.nowMs)
      }
    },
    changeNetwork(name, ms, { othersNotice = true } = {}) {
      checkDuration('ms', ms)
      const member = running(name)
      const { processNumber: process } = member
      faultLog.activeUntil(name, time.nowMs + ms)
      network.breakLinks(member, othersNotice)
      member.isOffline = true
      time.after(ms, () => {
        if (member.processNumber !== process) return
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
