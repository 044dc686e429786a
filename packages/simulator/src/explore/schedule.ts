/** Schedule: the faults of a run and their times, as plain data that can be drawn, shrunk, printed and run again. */
import type { Delay } from '../delay.ts'
import type { Simulation } from '../simulation.ts'

/** One fault. `ms` is the duration of a fault that ends by itself. The strings are names of members. */
export type Fault =
  | { readonly type: 'partition'; readonly groups: readonly (readonly string[])[]; readonly ms: number }
  | {
      readonly type: 'cut'
      readonly from: string
      readonly to: string
      readonly oneWay: boolean
      readonly ms: number
    }
  | { readonly type: 'loss'; readonly rate: number; readonly retransmitted: boolean; readonly ms: number }
  | { readonly type: 'delay'; readonly delay: Delay; readonly ms: number }
  | { readonly type: 'duplicate' | 'reorder' | 'drop-gossip'; readonly rate: number; readonly ms: number }
  | { readonly type: 'pause' | 'throttle'; readonly member: string; readonly ms: number }
  | { readonly type: 'sleep'; readonly member: string; readonly monotonicStops: boolean; readonly ms: number }
  | { readonly type: 'skew'; readonly member: string; readonly aheadMs: number }
  /**
   * The member is killed, and started again after `ms`. If `ms` is Infinity (null in JSON), it is not started
   * again.
   */
  | {
      readonly type: 'crash'
      readonly member: string
      readonly powerLoss: boolean
      readonly keepStorage: boolean
      readonly newAddress: boolean
      readonly ms: number | null
    }
  /** The member leaves, and starts again `ms` after it has left. */
  | { readonly type: 'leave'; readonly member: string; readonly ms: number | null }
  | {
      readonly type: 'change-network'
      readonly member: string
      readonly othersNotice: boolean
      readonly ms: number
    }
  | { readonly type: 'join' }
  /** The member attacks the others from now on, until the run ends the attack. */
  | { readonly type: 'hostile'; readonly member: string; readonly attack: HostileAttack }
  /** The member changes its tags. */
  | { readonly type: 'update'; readonly member: string }

/** The actions of a hostile member; see `HostileFaults`. The numbers are facts or identities a second. */
export type HostileAttack =
  | { readonly type: 'lie' | 'withhold' }
  | { readonly type: 'invent-identities'; readonly perSecond: number; readonly refuting: boolean }
  | { readonly type: 'flood-records'; readonly perSecond: number }

/** How often each kind is drawn, relative to the others. Hostile members are drawn apart: see `drawSchedule`. */
export const faultWeights: Readonly<Record<Fault['type'], number>> = {
  partition: 2,
  cut: 1,
  loss: 1,
  delay: 1,
  duplicate: 1,
  reorder: 1,
  'drop-gossip': 1,
  pause: 2,
  throttle: 1,
  sleep: 1,
  skew: 1,
  crash: 3,
  leave: 1,
  'change-network': 1,
  join: 1,
  update: 1,
  hostile: 0,
}

/** The faults of a run, with its seed and its number of members. Times are virtual milliseconds from the start. */
export interface Schedule {
  /** The seed of the simulation: an integer. */
  readonly seed: number
  /** How many members start at once. */
  readonly members: number
  /** The faults of the run. The order of the faults in the list does not matter. */
  readonly faults: readonly { readonly atMs: number; readonly fault: Fault }[]
}

/** Whether this is a schedule as `drawSchedule` returns it: a printed schedule is parsed from text. */
export function isSchedule(value: unknown): value is Schedule {
  if (typeof value !== 'object' || value === null) return false
  const { seed, members, faults } = value as Partial<Record<keyof Schedule, unknown>>
  return (
    Number.isSafeInteger(seed) && Number.isInteger(members) && Array.isArray(faults) && faults.every(isTimed)
  )
}

function isTimed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { atMs, fault } = value as { atMs?: unknown; fault?: { type?: unknown } }
  return Number.isFinite(atMs) && Object.hasOwn(faultWeights, String(fault?.type))
}

/** The end of the last fault, apart from restarts that wait for a member to leave. */
export function scheduleEndMs({ faults }: Schedule): number {
  return Math.max(0, ...faults.map(({ atMs, fault }) => atMs + ('ms' in fault ? (fault.ms ?? 0) : 0)))
}

/** The names of the members that attack others. */
export function hostileIn({ faults }: Schedule): ReadonlySet<string> {
  return new Set(faults.flatMap(({ fault }) => (fault.type === 'hostile' ? fault.member : [])))
}

/** The faults that a run has to wait for, or to end. */
export interface Pending {
  /** The number of members that are leaving and will start again. */
  leaves: number
  /** The ends of the attacks. */
  readonly attacks: (() => void)[]
}

/** Applies a fault. A fault is skipped if its member is not running or is leaving. */
export function applyFault(simulation: Simulation, fault: Fault, pending: Pending): void {
  const later = (undo: () => void) => 'ms' in fault && fault.ms !== null && simulation.after(fault.ms, undo)
  const runs = (name: string) => {
    const member = simulation.member(name)
    return member.isRunning && member.cluster.self.status !== 'left'
  }
  const startAgain = (name: string, how: { keepStorage?: boolean; newAddress?: boolean } = {}) =>
    later(() => {
      if (!simulation.member(name).isRunning) simulation.restart(name, how)
    })
  switch (fault.type) {
    case 'partition':
      later(simulation.partition(fault.groups))
      break
    case 'cut':
      later(simulation.cut(fault.from, fault.to, { oneWay: fault.oneWay }))
      break
    case 'loss':
      later(simulation.loss(fault.rate, { retransmitted: fault.retransmitted }))
      break
    case 'delay':
      later(simulation.delay(fault.delay))
      break
    case 'duplicate':
      later(simulation.duplicate(fault.rate))
      break
    case 'reorder':
      later(simulation.reorder(fault.rate))
      break
    case 'drop-gossip':
      simulation.dropGossip(fault.ms, { rate: fault.rate })
      break
    case 'pause':
      if (runs(fault.member)) simulation.pause(fault.member, fault.ms)
      break
    case 'throttle':
      if (runs(fault.member)) later(simulation.throttle(fault.member))
      break
    case 'sleep':
      if (runs(fault.member)) simulation.sleep(fault.member, fault.ms, fault)
      break
    case 'skew':
      simulation.skew(fault.member, fault.aheadMs)
      break
    case 'crash':
      if (!runs(fault.member)) break
      simulation.crash(fault.member, fault)
      startAgain(fault.member, fault)
      break
    case 'leave':
      if (!runs(fault.member)) break
      pending.leaves += 1
      void simulation.leave(fault.member).then(() => {
        simulation.after(fault.ms ?? 0, () => {
          pending.leaves -= 1
          if (fault.ms !== null && !simulation.member(fault.member).isRunning)
            simulation.restart(fault.member)
        })
      })
      break
    case 'change-network':
      if (runs(fault.member)) simulation.changeNetwork(fault.member, fault.ms, fault)
      break
    case 'join':
      simulation.add()
      break
    case 'hostile':
      pending.attacks.push(startAttack(simulation, fault.member, fault.attack))
      break
    case 'update':
      if (runs(fault.member))
        simulation.member(fault.member).cluster.update({ tags: { news: `at ${simulation.nowMs} ms` } })
      break
  }
}

/** @returns the end of the attack */
function startAttack(simulation: Simulation, member: string, attack: HostileAttack): () => void {
  switch (attack.type) {
    case 'lie':
      return simulation.lie(member)
    case 'withhold':
      return simulation.withhold(member)
    case 'invent-identities':
      return simulation.inventIdentities(member, attack)
    case 'flood-records':
      return simulation.floodRecords(member, attack)
  }
}
