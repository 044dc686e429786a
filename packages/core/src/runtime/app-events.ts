/**
 * App events: an event target whose events are dispatched after the step that caused them.
 *
 * A listener receives events that happened after it was added, and none once it is removed. A listener that throws is
 * reported and changes nothing else. Node's own event target differs in both: it calls listeners that are added during the
 * dispatch, and it ends the process when a listener throws.
 */
import { type EventHandler, setMaxListeners, type TypedEventTarget } from 'main-event'
import { InvalidOptionsError } from '../api/errors.ts'
import { callApp } from './app-calls.ts'
import type { AppNotifications } from './app-notifications.ts'

/** Null counts, too: an event target ignores it. */
const isListener = (listener: unknown): boolean =>
  typeof listener === 'function' || typeof listener === 'object'

interface Registration {
  readonly type: unknown
  readonly listener: EventHandler<never>
  readonly capture: boolean
  readonly call: (event: Event) => void
}

export class AppEvents<Events extends { [type in keyof Events]: CustomEvent }>
  extends EventTarget
  implements TypedEventTarget<Events>
{
  readonly #notifications: AppNotifications
  #registrations: readonly Registration[] = []
  /** Number of events so far. */
  #emitted = 0
  /** The number of the event that is being dispatched. */
  #dispatched = 0

  constructor(notifications: AppNotifications) {
    super()
    setMaxListeners(Number.POSITIVE_INFINITY, this)
    this.#notifications = notifications
  }

  /** Dispatches an event after the current step, or now if there is none. */
  emit<Type extends keyof Events & string>(type: Type, detail: Events[Type]['detail']): void {
    const number = ++this.#emitted
    this.#notifications.event(() => this.#dispatch(number, new CustomEvent(type, { detail })))
  }

  override dispatchEvent(event: Event): boolean {
    return this.#dispatch(++this.#emitted, event)
  }

  safeDispatchEvent<Detail>(type: keyof Events, init?: CustomEventInit<Detail>): boolean {
    return this.dispatchEvent(new CustomEvent(String(type), init))
  }

  listenerCount(type: string): number {
    return this.#registrations.filter(each => each.type === type).length
  }

  override addEventListener(
    type: string | keyof Events,
    listener: EventHandler<never> | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    if (listener !== undefined && !isListener(listener))
      throw new InvalidOptionsError('addEventListener: give a function, or an object with handleEvent')
    const { once = false, signal } = typeof options === 'object' ? (options ?? {}) : {}
    const capture = captureOf(options)
    if (!listener || signal?.aborted || this.#find(type, listener, capture)) return
    const since = this.#emitted
    const call = (event: Event) => {
      if (this.#dispatched <= since) return
      if (once) this.removeEventListener(type, listener, options)
      callApp(() =>
        typeof listener === 'function' ? listener(event as never) : listener.handleEvent(event as never),
      )
    }
    this.#registrations = [...this.#registrations, { type, listener, capture, call }]
    super.addEventListener(String(type), call, capture)
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener, options), { once: true })
  }

  override removeEventListener(
    type: string | keyof Events,
    listener?: EventHandler<never> | null,
    options?: boolean | EventListenerOptions,
  ): void {
    const found = listener && this.#find(type, listener, captureOf(options))
    if (!found) return
    this.#registrations = this.#registrations.filter(each => each !== found)
    super.removeEventListener(String(type), found.call, found.capture)
  }

  #dispatch(number: number, event: Event): boolean {
    const outer = this.#dispatched
    this.#dispatched = number
    try {
      return super.dispatchEvent(event)
    } finally {
      this.#dispatched = outer
    }
  }

  #find(type: unknown, listener: EventHandler<never>, capture: boolean): Registration | undefined {
    return this.#registrations.find(
      each => each.type === type && each.listener === listener && each.capture === capture,
    )
  }
}

function captureOf(options: boolean | EventListenerOptions | undefined): boolean {
  return typeof options === 'object' ? (options?.capture ?? false) : (options ?? false)
}
