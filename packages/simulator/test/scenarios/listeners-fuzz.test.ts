/** Listeners that throw, reject, change, leave and join at random: the members and all other listeners keep working. */
import type { Cluster, Config, Room } from '@hearsay/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { randomStream } from '../../src/random-stream.ts'

const runs = size({ usual: 6, long: 200 })
const names = ['m0', 'm1', 'm2', 'm3', 'm4']
/** The actions of an app in one run: a listener that changes something causes other listeners to run. */
const maxActs = 300
const seconds = 40

const reported: unknown[] = []
beforeEach(() => {
  reported.length = 0
  vi.stubGlobal('reportError', (error: unknown) => void reported.push(error))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

/** An app on one member; each of its listeners does something at random. */
class RandomApp {
  /** The number of errors thrown on purpose. */
  thrown = 0
  /** The number of calls of listeners that only count. One such listener runs beside each other listener. */
  quiet = 0
  readonly #cluster: Cluster
  readonly #random: () => number
  readonly #rooms = new Map<string, Room>()
  readonly #configs = new Map<string, Config>()
  #acts = 0
  /** The app calls a method of something that it left: the call is rejected, which is no fault. */
  refused = 0

  constructor(cluster: Cluster, random: () => number) {
    this.#cluster = cluster
    this.#random = random
    this.#onStore(cluster.members)
    this.#onStore(cluster.heartbeats)
    for (const type of ['join', 'update', 'suspect', 'recover', 'fail', 'leave', 'storage'] as const)
      this.#onEvent(cluster.events, type)
  }

  async enter(name: string): Promise<void> {
    const room = await this.#cluster.room(name)
    if (this.#rooms.get(name) === room) return
    this.#rooms.set(name, room)
    for (const store of [room.members, room.presence.own, room.presence.others]) this.#onStore(store)
    this.#onEvent(room.events, 'event')
    this.#onEvent(room.presence.events, 'update')
    for (const name of ['status', 'synced', 'sync', 'collision', 'epoch'] as const)
      this.#on(listener => room.provider.on(name, listener))
    for (const name of ['change', 'update'] as const) this.#on(listener => room.awareness.on(name, listener))
    for (const name of ['update', 'afterTransaction'] as const)
      this.#on(listener => room.doc.on(name, listener))
  }

  async open(name: string): Promise<void> {
    const config = await this.#cluster.config(name)
    if (this.#configs.get(name) === config) return
    this.#configs.set(name, config)
    this.#onStore(config.entries)
    for (const type of ['change', 'conflict', 'rejected'] as const) this.#onEvent(config.events, type)
    this.#on(listener => config.watch('key', listener))
  }

  #onStore(store: { subscribe(listener: () => void): () => void }): void {
    this.#on(listener => store.subscribe(listener))
  }

  #onEvent<Type extends string>(
    target: { addEventListener(type: Type, listener: () => void): void },
    type: Type,
  ): void {
    this.#on(listener => target.addEventListener(type, listener))
  }

  /** Adds a counting listener before and after one that acts: both are called, whatever the listener does. */
  #on(listen: (listener: () => void) => unknown): void {
    listen(() => this.act())
    listen(() => {
      this.quiet += 1
    })
  }

  act(): void {
    this.#acts += 1
    if (this.#acts > maxActs) return
    const kind = Math.floor(this.#random() * 12)
    const room = this.#pick(this.#rooms)
    const config = this.#pick(this.#configs)
    const value = Math.floor(this.#random() * 5)
    if (kind < 2) {
      this.thrown += 1
      throw new Error('on purpose')
    }
    try {
      if (kind === 2) this.#cluster.update({ tags: { value: `${value}` } })
      if (kind === 3) room?.presence.set({ value })
      if (kind === 4) room?.doc.getMap('map').set('value', value)
      if (kind === 5) room?.awareness.setLocalStateField('value', value)
      if (kind === 6) room?.broadcast({ value })
      if (kind === 8 && value === 0) room?.leave()
      if (kind === 9 && value === 0) config?.leave()
    } catch {
      this.refused += 1
    }
    if (kind === 7) this.#cluster.explain(this.#cluster.self.id).catch(() => {})
    if (kind === 10) config?.set('key', value).catch(() => {})
    if (kind === 11) void Promise.all([this.enter(`room ${value % 2}`), this.open('flags')]).catch(() => {})
  }

  #pick<T>(all: ReadonlyMap<string, T>): T | undefined {
    return [...all.values()][Math.floor(this.#random() * all.size)]
  }
}

async function play(seed: number): Promise<Simulation> {
  const random = randomStream(seed, 'listeners')
  const simulation = createSimulation({ seed, members: names.length, start: 'warm', invariants: 'off' })
  const apps = names.map(name => new RandomApp(simulation.member(name).cluster, random))
  reported.length = 0
  for (const app of apps) await Promise.all([app.enter('room 0'), app.open('flags')])
  const leaver = names[1 + Math.floor(random() * (names.length - 1))] ?? 'm1'
  let hasLeft = false
  for (let second = 0; second < seconds; second++) {
    const [sleeper] = names.filter(name => name !== leaver).slice(Math.floor(random() * 4))
    if (second % 10 === 3 && sleeper) simulation.pause(sleeper, 3_000)
    if (second === 20)
      simulation
        .member(leaver)
        .cluster.leave()
        .then(() => {
          hasLeft = true
        })
    await simulation.run(1_000)
  }
  await simulation.run(30_000)
  expect(hasLeft).toBe(true)
  // All members except the leaver see each other as alive.
  for (const name of names) {
    const expected = name === leaver ? ['left'] : ['alive']
    expect(simulation.statusesOf(name)).toEqual(expected)
  }
  expect(reported.map(String)).toEqual(
    Array(apps.reduce((sum, { thrown }) => sum + thrown, 0)).fill('Error: on purpose'),
  )
  for (const { quiet } of apps) expect(quiet).toBeGreaterThan(0)
  return simulation
}

it.each(Array.from({ length: runs }, (_, i) => i + 1))('seed %i', async seed => {
  await runTwice(() => play(seed))
})
