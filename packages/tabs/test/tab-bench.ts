import type { Cluster, LeaveOptions, UpdateChange } from '@hearsay/core'
import { withLeave } from '@hearsay/core/app'
import { createSimulation, type Simulation } from '@hearsay/simulator'
import { Tab } from '../src/tab.ts'

/** Tabs in one process, with its locks and channels. Each join is the next simulated member. */
export class TabBench {
  readonly name: string = crypto.randomUUID()
  readonly simulation: Simulation = createSimulation({ seed: 1, members: 4, start: 'warm' })
  /** The tabs that joined, in order. */
  readonly joined: string[] = []
  /** How each member left. */
  readonly left: (LeaveOptions | undefined)[] = []
  /** For how long each member announced that it returns if its process ends, in order. */
  readonly returnsWithinMs: (number | undefined)[] = []
  /** The tabs that were next in line, in order. */
  readonly next: string[] = []
  #isClosed = false
  #running: Promise<void>

  constructor() {
    this.#running = this.#run()
  }

  tab(label: string, join: () => Promise<Cluster> = async () => this.#member()): Tab {
    return new Tab({
      name: this.name,
      join: () => {
        this.joined.push(label)
        return join()
      },
      next: () => this.next.push(label),
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  #member(): Cluster {
    const { cluster } = this.simulation.member(`m${this.joined.length - 1}`)
    let hasLeft = false
    const update = cluster.update.bind(cluster)
    Object.assign(cluster, {
      update: (change: UpdateChange) => {
        this.returnsWithinMs.push(change.returnsWithinMs)
        update(change)
      },
    })
    return withLeave(cluster, options => {
      // Later calls wait for the first one.
      if (!hasLeft) this.left.push(options)
      hasLeft = true
      return cluster.leave(options)
    })
  }

  /** Lets simulated time pass with real time, because channels and locks need real time. */
  async #run(): Promise<void> {
    while (!this.#isClosed) {
      await this.simulation.run(10)
      await new Promise(resolve => setTimeout(resolve, 2))
    }
  }
}
