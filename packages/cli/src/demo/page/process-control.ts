/** Process control: the state of the demo's processes for the page, and the commands that the page sends to them. */
import { commands, type DemoState, type ProcessCommand } from '@hearsay/page/contract'
import type { DemoCluster } from '../demo-cluster.ts'
import type { MemberProcess } from '../member-process.ts'

export type CommandResult = 'done' | 'unknown' | 'not now'

export class Processes {
  readonly #cluster: DemoCluster
  #isScenarioRunning = true
  readonly #listeners = new Set<() => void>()

  constructor(cluster: DemoCluster) {
    this.#cluster = cluster
    cluster.watch(() => this.#changed())
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

  /** Calls `changed` after each change of the state. @returns a function that removes the listener */
  watch(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  /** The scenario ended: from now on the page's commands are accepted. */
  scenarioEnded(): void {
    this.#isScenarioRunning = false
    this.#changed()
  }

  async execute(name: string, order: string): Promise<CommandResult> {
    const member = this.#cluster.members.find(member => member.name === name)
    if (member === undefined || !isCommand(order)) return 'unknown'
    const allowed: readonly string[] = commands[order]
    if (this.#isScenarioRunning || !allowed.includes(member.state)) return 'not now'
    if (order === 'restart') await this.#cluster.start(member, running(this.#cluster.members)[0]?.identity)
    else member[order]()
    return 'done'
  }

  #changed(): void {
    for (const changed of this.#listeners) changed()
  }
}

const running = (members: readonly MemberProcess[]) => members.filter(({ state }) => state === 'running')
const isForBrowsers = (address: string) => address.includes('/ws')
const isCommand = (order: string): order is ProcessCommand => Object.hasOwn(commands, order)
