/**
 * Convergence store: whether all members have the same table.
 *
 * Loads the meter with the first listener, or with the first call that waits for agreement: most members do neither.
 */
import type { Convergence, SettledOptions } from '../api/convergence.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import type { ConvergenceMeter, MeteredCluster, MeteredStore } from './convergence-meter.ts'

const nothing: Convergence = { agreeing: 0, known: 0, sinceMs: undefined, differing: [], missing: [] }

export const loadConvergenceMeter = (): Promise<typeof import('./convergence-meter.ts')> =>
  import('./convergence-meter.ts')

export class ConvergenceStore implements MeteredStore {
  readonly #notifications: AppNotifications
  readonly #cluster: MeteredCluster
  readonly #store: OwnedStore<Convergence>
  #value = nothing
  #meter: ConvergenceMeter | undefined
  isRunning = false
  readonly subscribe: (listener: () => void) => () => void

  constructor(notifications: AppNotifications, cluster: MeteredCluster) {
    this.#notifications = notifications
    this.#cluster = cluster
    this.#store = createStore(notifications, this.getSnapshot, isWatched => {
      // The last measurement may be hours old.
      if (isWatched) this.#value = nothing
      this.#follow()
    })
    this.subscribe = this.#store.subscribe
  }

  get isWatched(): boolean {
    return this.#store.isWatched
  }

  /** The member starts, or starts again. */
  start(): void {
    this.isRunning = true
    this.#follow()
  }

  /** The member has left: the store keeps its last value. */
  stop(): void {
    this.isRunning = false
    this.#follow()
  }

  /** An arrow function, because adapters for frameworks call it without the store as `this`. */
  readonly getSnapshot = (): Convergence => this.#value

  /** Resolves when a measurement that began after the call shows that all members agree. */
  async settled(options?: SettledOptions): Promise<void> {
    await (await this.#loadMeter()).settled(options)
  }

  /** The meter has measured. */
  show(measured: Convergence): void {
    this.#notifications.step(() => {
      this.#value = measured
      this.#store.refresh()
    })
  }

  #follow(): void {
    if (this.isWatched && this.isRunning)
      this.#loadMeter().then(
        meter => meter.follow(),
        // If the code cannot be loaded, the next listener loads it.
        () => {},
      )
    else this.#meter?.pause()
  }

  async #loadMeter(): Promise<ConvergenceMeter> {
    const { ConvergenceMeter } = await loadConvergenceMeter()
    this.#meter ??= new ConvergenceMeter(this, this.#notifications.clock, this.#cluster)
    return this.#meter
  }
}
