/** Schedule: what happens to a cluster, and when, as plain data: it can be drawn, shrunk, printed and done again. */
import type { Delay } from '../delay.ts'
import type { Simulation } from '../simulation.ts'

/** One fault; what lasts ends by itself after `ms`. Members are named. */
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
  | { readonly type: 'stall' | 'throttle'; readonly member: string; readonly ms: number }
  | { readonly type: 'sleep'; readonly member: string; readonly monotonicStops: boolean; readonly ms: number }
  | { readonly type: 'skew'; readonly member: string; readonly aheadMs: number }
  /** Killed, and started again after `ms` unless that is Infinity (null as JSON). */
  | {
      readonly type: 'crash'
      readonly member: string
      readonly powerLoss: boolean
      readonly keepStorage: boolean
      readonly newAddress: boolean
      readonly ms: number | null
    }
  /** It starts again so long after its goodbye. */
  | { readonly type: 'leave'; readonly member: string; readonly ms: number | null }
  | {
      readonly type: 'change-network'
      readonly member: string
      readonly othersNotice: boolean
      readonly ms: number
    }
  | { readonly type: 'join' }
  /** A member tells something new of itself. */
  | { readonly type: 'update'; readonly member: string }

export interface Schedule {
  readonly seed: number
  readonly members: number
  /** In any order. */
  readonly faults: readonly { readonly atMs: number; readonly fault: Fault }[]
}

/** A goodbye takes so long at most. */
const goodbyeMs = 2_000

/** When the last fault is over. */
export function scheduleEndMs({ faults }: Schedule): number {
  const lengthMs = (fault: Fault) =>
    ('ms' in fault ? (fault.ms ?? 0) : 0) + (fault.type === 'leave' ? goodbyeMs : 0)
  return Math.max(0, ...faults.map(({ atMs, fault }) => atMs + lengthMs(fault)))
}

/** A fault that cannot happen, because its member does not run, does not. */
export function applyFault(simulation: Simulation, fault: Fault): void {
  const later = (undo: () => void) => 'ms' in fault && fault.ms !== null && simulation.after(fault.ms, undo)
  const runs = (name: string) => simulation.member(name).isRunning
  const startAgain = (name: string, how: { keepStorage?: boolean; newAddress?: boolean } = {}) =>
    later(() => {
      if (!runs(name)) simulation.restart(name, how)
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
    case 'stall':
      if (runs(fault.member)) simulation.stall(fault.member, fault.ms)
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
      void simulation.leave(fault.member).then(() => startAgain(fault.member))
      break
    case 'change-network':
      if (runs(fault.member)) simulation.changeNetwork(fault.member, fault.ms, fault)
      break
    case 'join':
      simulation.add()
      break
    case 'update':
      if (runs(fault.member))
        simulation.member(fault.member).cluster.update({ tags: { news: `at ${simulation.nowMs} ms` } })
      break
  }
}
