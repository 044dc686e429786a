/** The shipped cluster handle, with an observer of its events and of the promises that it returns. */
import type {
  Config,
  ConfigOptions,
  ConfigSchema,
  Explanation,
  HeldByOptions,
  HeldSpace,
  Query,
  QueryOptions,
  Room,
  RoomOptions,
  SettledOptions,
} from '@hearsay/core'
import { type Clock, ClusterHandle, type MemberEvent } from '@hearsay/core/host'

export interface HandleObserver {
  event(event: MemberEvent): void
  /** The process ran a step. */
  stepped(): void
  /** The handle returned or fulfilled a promise that may be awaited. */
  promised(): void
}

export class ObservedHandle extends ClusterHandle {
  readonly #observer: HandleObserver

  constructor(name: string, clock: Clock, observer: HandleObserver) {
    super(name, {
      now: () => clock.now(),
      setTimer: (atMonotonicMs, callback) =>
        clock.setTimer(atMonotonicMs, () => {
          observer.promised()
          callback()
        }),
    })
    this.#observer = observer
  }

  override explain(memberId: string): Promise<Explanation> {
    this.#observer.promised()
    return super.explain(memberId)
  }

  override room<P extends object>(name: string, options?: RoomOptions): Promise<Room<P>> {
    this.#observer.promised()
    return super.room(name, options)
  }

  override config<S extends ConfigSchema | undefined>(
    name: string,
    options?: ConfigOptions<S>,
  ): Promise<Config<S>> {
    this.#observer.promised()
    return super.config(name, options)
  }

  override query(name: string, payload?: unknown, options?: QueryOptions): Query {
    this.#observer.promised()
    return super.query(name, payload, options)
  }

  override settled(options?: SettledOptions): Promise<void> {
    this.#observer.promised()
    return super.settled(options)
  }

  override heldBy(options?: HeldByOptions): Promise<readonly HeldSpace[]> {
    this.#observer.promised()
    return super.heldBy(options)
  }

  override broadcast(name: string, payload?: unknown): Promise<void> {
    this.#observer.promised()
    return super.broadcast(name, payload)
  }

  override appCalled(): void {
    this.#observer.promised()
  }

  override event(event: MemberEvent): void {
    super.event(event)
    this.#observer.event(event)
  }

  override stepped(): void {
    super.stepped()
    this.#observer.stepped()
  }
}
