/** Processes: the demo's cast as the page sees it, and what the page has done to it. */
import { type DemoState, orders, type ProcessOrder } from '@hearsay/page/contract'
import type { Cast } from '../demo-cluster.ts'
import type { Actor } from '../member-process.ts'

export type Obeyed = 'done' | 'unknown' | 'not now'

export class Processes {
  readonly #cast: Cast
  #telling = true
  readonly #watching = new Set<() => void>()

  constructor(cast: Cast) {
    this.#cast = cast
    cast.watch(() => this.#changed())
  }

  get state(): DemoState {
    const { cluster, actors } = this.#cast
    return {
      cluster,
      telling: this.#telling,
      bootstrap: running(actors).flatMap(({ identity }) => identity?.addresses.filter(isForBrowsers) ?? []),
      processes: actors.map(({ name, identity, state }) => ({ name, id: identity?.id, state })),
    }
  }

  /** Calls back as the state changes. @returns the end of it */
  watch(changed: () => void): () => void {
    this.#watching.add(changed)
    return () => this.#watching.delete(changed)
  }

  /** The story is told: from here on orders are obeyed. */
  storyEnded(): void {
    this.#telling = false
    this.#changed()
  }

  async obey(name: string, order: string): Promise<Obeyed> {
    const actor = this.#cast.actors.find(actor => actor.name === name)
    if (actor === undefined || !isOrder(order)) return 'unknown'
    const allowed: readonly string[] = orders[order]
    if (this.#telling || !allowed.includes(actor.state)) return 'not now'
    if (order === 'restart') await this.#cast.start(actor, running(this.#cast.actors)[0]?.identity)
    else actor[order]()
    return 'done'
  }

  #changed(): void {
    for (const changed of this.#watching) changed()
  }
}

const running = (actors: readonly Actor[]) => actors.filter(({ state }) => state === 'running')
const isForBrowsers = (address: string) => address.includes('/ws')
const isOrder = (order: string): order is ProcessOrder => Object.hasOwn(orders, order)
