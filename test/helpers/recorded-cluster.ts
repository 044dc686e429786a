/**
 * Recorded cluster: what m0 of a simulated cluster sees while members crash and return. It is recorded as fast as possible,
 * and replayed in real time. So the simulation, which needs more than a second for a crash among 500 members, has ended
 * before anything is measured, and every measurement has the same events.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster, Health, Heartbeat, Member, Store } from '@hearsay/core'
import { createSimulation, type Simulation } from '@hearsay/simulator'

/**
 * - `still`: nothing happens.
 * - `churn`, `used`: a member crashes every 3 s, and returns.
 * - `burst`: many members crash at once, and half of them return.
 */
export const parts = ['still', 'churn', 'used', 'burst'] as const
export type Part = (typeof parts)[number]

const crashIntervalMs = 3_000
const absentMs = 8_000
/** Our choice: a rack. */
const maxBurst = 20

const eventTypes = ['join', 'update', 'suspect', 'recover', 'fail', 'leave'] as const
type EventType = (typeof eventTypes)[number]

/** A change of one store, or an event. `atMs`: milliseconds after its part began. */
type Change = { readonly atMs: number } & (
  | { readonly members: readonly Member[] }
  | { readonly heartbeats: ReadonlyMap<string, Heartbeat> }
  | { readonly health: Health }
  | { readonly event: EventType; readonly member: Member }
)

export interface Recording {
  readonly members: number
  readonly partMs: number
  /** By the members' clocks, when the first part begins. */
  readonly epochMs: number
  /** Each part begins with the present content of all stores. */
  readonly parts: Readonly<Record<Part, readonly Change[]>>
}

const simulate = (members: number): Simulation =>
  createSimulation({ seed: 1, members, start: 'warm', invariants: 'off' })

export async function record(members: number, partMs: number): Promise<Recording> {
  const simulation = simulate(members)
  const { cluster } = simulation.member('m0')
  const startedEpochMs = cluster.self.incarnation
  // Until a heartbeat of every member has arrived.
  await simulation.run(Math.max(5_000, members * 500) + 10_000)
  const epochMs = startedEpochMs + simulation.nowMs
  let [changes, startMs]: [Change[], number] = [[], simulation.nowMs]
  const atMs = () => simulation.nowMs - startMs
  const follow = <T>(store: Store<T>, change: (value: T) => Change) => {
    store.subscribe(() => changes.push(change(store.getSnapshot())))
    return () => changes.push(change(store.getSnapshot()))
  }
  const stores = [
    follow(cluster.members, members => ({ atMs: atMs(), members })),
    follow(cluster.heartbeats, heartbeats => ({ atMs: atMs(), heartbeats })),
    follow(cluster.health, health => ({ atMs: atMs(), health })),
  ]
  for (const event of eventTypes)
    cluster.events.addEventListener(event, ({ detail }) =>
      changes.push({ atMs: atMs(), event, member: detail }),
    )
  const recorded = new Map<Part, Change[]>()
  for (const part of parts) {
    changes = []
    startMs = simulation.nowMs
    for (const write of stores) write()
    recorded.set(part, changes)
    schedule(simulation, part, members, partMs)
    await simulation.run(partMs)
  }
  return {
    members,
    partMs,
    epochMs,
    parts: Object.fromEntries(recorded) as unknown as Recording['parts'],
  }
}

function schedule(simulation: Simulation, part: Part, members: number, partMs: number): void {
  if (part === 'still') return
  if (part === 'burst') {
    const names = Array.from({ length: Math.min(maxBurst, members >> 1) }, (_, i) => `m${members - 1 - i}`)
    simulation.after(partMs * 0.1, () => simulation.crash(names))
    const returning = names.filter((_, i) => i % 2 === 0)
    simulation.after(partMs * 0.6, () => {
      for (const name of returning) simulation.restart(name)
    })
    return
  }
  const first = part === 'churn' ? 1 : 101
  for (let ms = 0, i = 0; ms < partMs; ms += crashIntervalMs, i++) {
    const name = `m${1 + ((first + i) % (members - 1))}`
    simulation.after(ms, () => {
      if (!simulation.member(name).isRunning) return
      simulation.crash([name])
      simulation.after(absentMs, () => simulation.restart(name))
    })
  }
}

export interface ReplayedCluster {
  /** m0 of the cluster. Its stores and events are the recorded ones. Everything else is as before the first crash. */
  readonly cluster: Cluster
  /** The time now for its members, as epoch milliseconds. */
  nowEpochMs(): number
  /** Resolves when the part is over. @returns the number of its events */
  play(part: Part): Promise<number>
}

export function replay({ members, partMs, epochMs, parts: recorded }: Recording): ReplayedCluster {
  const [first] = parts
  const startMs = performance.now()
  const nowEpochMs = () => Math.round(epochMs + performance.now() - startMs)
  const events = new EventTarget()
  const stores = {
    members: new ReplayedStore<readonly Member[]>([]),
    heartbeats: new ReplayedStore<ReadonlyMap<string, Heartbeat>>(new Map()),
    health: new ReplayedStore<Health | undefined>(undefined),
  }
  /** @param laterMs how much the clock of the replay is ahead of the recorded one */
  const apply = (change: Change, laterMs: number) => {
    if ('members' in change) stores.members.set(change.members)
    else if ('health' in change) stores.health.set(change.health)
    else if ('event' in change) events.dispatchEvent(new CustomEvent(change.event, { detail: change.member }))
    else
      stores.heartbeats.set(
        new Map(
          [...change.heartbeats].map(([id, each]) => [
            id,
            { ...each, receivedAtMs: each.receivedAtMs + laterMs },
          ]),
        ),
      )
  }
  for (const change of recorded[first]) if (change.atMs === 0) apply(change, 0)
  const { cluster } = simulate(members).member('m0')
  const replaced = new Map<string | symbol, unknown>(Object.entries({ ...stores, events }))
  return {
    cluster: new Proxy(cluster, {
      get(target, key) {
        const value: unknown = replaced.get(key) ?? Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    }),
    nowEpochMs,
    async play(part) {
      const beganMs = performance.now()
      const laterMs = nowEpochMs() - (epochMs + parts.indexOf(part) * partMs)
      for (const change of recorded[part]) {
        const dueMs = change.atMs - (performance.now() - beganMs)
        if (dueMs > 0) await sleep(dueMs)
        apply(change, laterMs)
      }
      await sleep(Math.max(0, partMs - (performance.now() - beganMs)))
      return recorded[part].filter(change => 'event' in change).length
    },
  }
}

class ReplayedStore<T> implements Store<T> {
  #value: T
  readonly #listeners = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  readonly getSnapshot = (): T => this.#value

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(value: T): void {
    this.#value = value
    for (const listener of [...this.#listeners]) listener()
  }
}
