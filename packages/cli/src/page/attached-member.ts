/**
 * Attached member: the running member that a page shows. When the member ends, the next member with the same name in the same
 * cluster replaces it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '@hearsay/core'
import { openRunning } from '../attach/open-cluster.ts'
import type { RunningFlags } from '../attach/options.ts'

/** Our choice: when a user starts the member again and then looks at the page, the page usually shows the member already. */
const retryMs = 1_000

export class AttachedMember {
  readonly cluster: string
  readonly #control: Pick<RunningFlags, 'control'>
  readonly #closed = new AbortController()
  readonly #ended = new Set<() => void>()
  #view: Cluster | undefined
  #name: string

  /** @throws {UsageError} no such member runs here, or more than one */
  static async open({ control, ...flags }: RunningFlags): Promise<AttachedMember> {
    const folder = control === undefined ? {} : { control }
    return new AttachedMember(await openRunning({ ...flags, ...folder }), folder)
  }

  private constructor(view: Cluster, control: Pick<RunningFlags, 'control'>) {
    this.cluster = view.name
    this.#control = control
    this.#name = view.self.name
    void this.#follow(view)
  }

  /** The last known name of the member. */
  get name(): string {
    return this.#name
  }

  /** The member; undefined while it does not run. */
  get view(): Cluster | undefined {
    return this.#view
  }

  /** Calls `listener` each time the member has ended. */
  onEnd(listener: () => void): void {
    this.#ended.add(listener)
  }

  /** Lets the member leave its cluster and end. */
  async leave(): Promise<void> {
    const view = this.#view
    if (!view) return
    const which = { ...this.#control, cluster: this.cluster, member: view.self.id }
    try {
      await (await openRunning(which, true)).leave()
    } catch (error) {
      // The member's process may end before its answer is read.
      if ((error as Error).name !== 'NotRunningError') throw error
    }
  }

  close(): void {
    this.#closed.abort()
    void this.#view?.leave()
  }

  async #follow(first: Cluster): Promise<void> {
    for (let view: Cluster | undefined = first; view; view = await this.#next()) {
      this.#view = view
      await this.#untilEnded(view)
      this.#view = undefined
      for (const listener of this.#ended) listener()
    }
  }

  #untilEnded({ members, self: { id } }: Cluster): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        const self = members.getSnapshot().find(member => member.id === id)
        if (self?.status === 'left') resolve()
        else this.#name = self?.name ?? this.#name
      }
      members.subscribe(look)
      look()
    })
  }

  /** @returns undefined if `close` was called */
  async #next(): Promise<Cluster | undefined> {
    const { signal } = this.#closed
    while (!signal.aborted) {
      try {
        return await openRunning({ ...this.#control, cluster: this.cluster, member: this.#name })
      } catch {
        await sleep(retryMs, undefined, { signal }).catch(() => {})
      }
    }
    return undefined
  }
}
