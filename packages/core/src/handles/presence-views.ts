/**
 * Presence views: the views of this member that are open in one room. It publishes their fields and their awareness as
 * reserved fields of the member's presence.
 *
 * A view has a slot from opening to closing. Closing removes all fields of the slot that have a value.
 */
import { InvalidOptionsError, NotRunningError } from '../api/errors.ts'
import type { PresenceView } from '../api/presence.ts'
import type { LocalClaim } from '../documents/presence-awareness.ts'
import { type AwarenessClaim, readAwarenessClaim } from '../rooms/reserved-fields.ts'
import { viewAwarenessField, viewField, viewHeaderField } from '../rooms/view-fields.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { limits } from '../wire/limits.ts'
import { textFault } from '../wire/text.ts'
import { checkFields, type LocalPresence, tooManyFieldsError } from './local-presence.ts'
import type { PresencePublisher } from './presence-publisher.ts'

export interface PresenceViewsOptions {
  readonly notifications: AppNotifications
  readonly presence: Pick<LocalPresence, 'version' | 'valueOf'>
  readonly publisher: Pick<PresencePublisher, 'set'>
  /** @throws {NotRunningError} the room was left */
  readonly checkOpen: () => void
  /** The awareness of a view has changed, in one document or in all. */
  readonly awarenessChanged: () => void
}

export class PresenceViews {
  readonly #options: PresenceViewsOptions
  /** By id. */
  readonly #views = new Map<string, OpenView>()
  /** The focus of the view that had it last. */
  #focus = 0

  constructor(options: PresenceViewsOptions) {
    this.#options = options
  }

  /** @throws as `Presence.view` */
  open(id: string): PresenceView {
    const { checkOpen, presence } = this.#options
    checkOpen()
    const known = this.#views.get(id)
    if (known) return known
    const fault =
      id === '' ? `is empty: give 1 to ${limits.maxViewIdBytes} bytes` : textFault(id, limits.maxViewIdBytes)
    if (fault !== undefined) throw new InvalidOptionsError(`view: the id ${fault}`)
    if (this.#views.size >= limits.maxViews)
      throw new InvalidOptionsError(`view: at most ${limits.maxViews} are open in one room: close one first`)
    const view = new OpenView(id, this.#freeSlot(), presence.version, {
      ...this.#options,
      isFocused: focus => focus > 0 && focus === this.#focus,
      nextFocus: () => {
        this.#focus += 1
        return this.#focus
      },
      closed: () => this.#views.delete(id),
    })
    view.announce(0)
    this.#views.set(id, view)
    return view
  }

  /**
   * Publishes the awareness of a view in a document; undefined removes it.
   *
   * @throws {NotRunningError} the view is not open
   * @throws {InvalidValueError} nothing has changed
   */
  claim(id: string, document: string, claim: LocalClaim | undefined): void {
    const view = this.#views.get(id)
    if (!view) throw new NotRunningError(`the view '${id}' is not open`)
    view.claim(document, claim)
  }

  /** Removes the awareness of all views in a document. */
  withdraw(document: string): void {
    for (const view of this.#views.values()) view.claim(document, undefined)
  }

  /** The awareness of the views in a document. */
  claimsIn(document: string): (AwarenessClaim & { readonly view: string })[] {
    return [...this.#views.values()].flatMap(({ id, slot }) => {
      const claim = readAwarenessClaim(this.#options.presence.valueOf(viewAwarenessField(slot, document)))
      return claim ? [{ view: id, ...claim }] : []
    })
  }

  /** The smallest: so views that are open one after the other share their names. */
  #freeSlot(): number {
    const used = new Set([...this.#views.values()].map(({ slot }) => slot))
    let slot = 0
    while (used.has(slot)) slot += 1
    return slot
  }
}

interface OpenViewOptions extends PresenceViewsOptions {
  /** Whether this is the number of the view that had the focus last. */
  readonly isFocused: (focus: number) => boolean
  /** A number for a view that gets the focus. */
  readonly nextFocus: () => number
  readonly closed: () => void
}

class OpenView implements PresenceView {
  readonly id: string
  readonly slot: number
  readonly #since: number
  readonly #options: OpenViewOptions
  /** The names of the fields that the view has set, removed ones included. */
  #names: ReadonlySet<string> = new Set()
  readonly #documents = new Set<string>()
  #focus = 0
  #isOpen = true

  /** @param since the version of this member's last fact */
  constructor(id: string, slot: number, since: number, options: OpenViewOptions) {
    this.id = id
    this.slot = slot
    this.#since = since
    this.#options = options
  }

  set(change: Readonly<Record<string, unknown>>): void {
    this.#checkOpen()
    checkFields(change)
    const names = new Set(this.#names)
    for (const [name, value] of Object.entries(change)) if (value !== undefined) names.add(name)
    if (names.size > limits.maxPresenceFields) throw tooManyFieldsError()
    const fields = Object.entries(change).map(([name, value]) => [viewField(this.slot, name), value])
    this.#publish(Object.fromEntries(fields))
    this.#names = names
  }

  focus(): void {
    this.#checkOpen()
    const { isFocused, nextFocus } = this.#options
    if (!isFocused(this.#focus)) this.announce(nextFocus())
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const names = [
      viewHeaderField(this.slot),
      ...[...this.#names].map(name => viewField(this.slot, name)),
      ...[...this.#documents].map(document => viewAwarenessField(this.slot, document)),
    ]
    this.#options.closed()
    this.#publish(Object.fromEntries(names.map(name => [name, undefined])))
    if (this.#documents.size > 0) this.#options.awarenessChanged()
  }

  /** Publishes the header of the view. @throws {InvalidValueError} nothing has changed */
  announce(focus: number): void {
    this.#publish({ [viewHeaderField(this.slot)]: { id: this.id, focus, since: this.#since } })
    this.#focus = focus
  }

  claim(document: string, claim: LocalClaim | undefined): void {
    if (!claim && !this.#documents.has(document)) return
    this.#publish({ [viewAwarenessField(this.slot, document)]: claim })
    this.#documents.add(document)
    this.#options.awarenessChanged()
  }

  #publish(fields: Readonly<Record<string, unknown>>): void {
    this.#options.notifications.step(() => this.#options.publisher.set(fields))
  }

  #checkOpen(): void {
    this.#options.checkOpen()
    if (!this.#isOpen) throw new NotRunningError(`the view '${this.id}' was closed`)
  }
}
