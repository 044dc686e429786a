/**
 * Provider state: the status and the events of a provider, on a member and in a view.
 *
 * Events fire after the step that caused them, and an observer that throws stops no other observer.
 */
import { ObservableV2 } from 'lib0/observable'
import type { ProviderEvents, ProviderStatus } from '../api/room-document.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { emitIsolated } from './isolated-observers.ts'

export abstract class ProviderState extends ObservableV2<ProviderEvents> {
  readonly #notifications: AppNotifications
  #status: ProviderStatus = 'disconnected'
  #synced = false

  constructor(notifications: AppNotifications) {
    super()
    this.#notifications = notifications
  }

  get status(): ProviderStatus {
    return this.#status
  }

  get synced(): boolean {
    return this.#synced
  }

  override emit<Name extends keyof ProviderEvents & string>(
    name: Name,
    details: Parameters<ProviderEvents[Name]>,
  ): void {
    emitIsolated(this, name, details)
  }

  protected setStatus(status: ProviderStatus): void {
    this.#status = status
    this.notify('status', [{ status }])
  }

  protected setSynced(isSynced: boolean): void {
    if (this.#synced === isSynced) return
    this.#synced = isSynced
    this.notify('synced', [isSynced])
    this.notify('sync', [isSynced])
  }

  /** Emits an event when the step has ended. */
  protected notify<Name extends keyof ProviderEvents & string>(
    name: Name,
    details: Parameters<ProviderEvents[Name]>,
  ): void {
    this.#notifications.event(() => this.emit(name, details))
  }
}
