/** Processes: the demo's cast as the page sees it, and what the page has done to it. */
import { commands, type DemoState, type ProcessCommand } from '@hearsay/page/contract'
import type { DemoCluster } from '../demo-cluster.ts'
import type { MemberProcess } from '../member-process.ts'

export type CommandResult = 'done' | 'unknown' | 'not now'

export class Processes {
  readonly #cluster: DemoCluster
  #isScenarioRunning = true
  readonly #listeners = new Set<() => void>()

  constructor(cast: DemoCluster) {
    this.#cluster = cast
    cast.watch(() => this.#changed())
  }

  get state(): DemoState {
    const { cluster, members } = this.#cluster
    return {
      cluster,
      isScenarioRunning: this.#isScenarioRunning,
      bootstrap: running(members).flatMap(({ identity }) => identity?.addresses.filter(isForBrowsers) ?? []),
      processes: members.map(({ name, identity, state }) => ({ name, id: identity?.id, state })),
    }
  }

  /** Calls back as the state changes. @returns the end of it */
  watch(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  /** The story is told: from here on orders are obeyed. */
  scenarioEnded(): void {
    this.#isScenarioRunning = false
    this.#changed()
  }

  async execute(name: string, order: string): Promise<CommandResult> {
    const actor = this.#cluster.members.find(actor => actor.name === name)
    if (actor === undefined || !isCommand(order)) return 'unknown'
    const allowed: readonly string[] = commands[order]
    if (this.#isScenarioRunning || !allowed.includes(actor.state)) return 'not now'
    if (order === 'restart') await this.#cluster.start(actor, running(this.#cluster.members)[0]?.identity)
    else actor[order]()
    return 'done'
  }

  #changed(): void {
    for (const changed of this.#listeners) changed()
  }
}

const running = (actors: readonly MemberProcess[]) => actors.filter(({ state }) => state === 'running')
const isForBrowsers = (address: string) => address.includes('/ws')
const isCommand = (order: string): order is ProcessCommand => Object.hasOwn(commands, order)
