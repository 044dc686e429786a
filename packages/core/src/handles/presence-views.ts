/**
 * Presence views: the views of this member that are open in one room, by their ids.
 *
 * No two open views have the same slot, and no two views ever have the same number.
 */
import { InvalidOptionsError, NotRunningError } from '../api/errors.ts'
import type { PresenceView } from '../api/presence.ts'
import type { LocalClaim } from '../documents/presence-awareness.ts'
import { type AwarenessClaim, readAwarenessClaim } from '../rooms/reserved-fields.ts'
import { readViewValue, viewAwarenessField } from '../rooms/view-fields.ts'
import * as limits from '../wire/limits.ts'
import { textFault } from '../wire/text.ts'
import type { LocalPresence } from './local-presence.ts'
import { OpenView, type ViewHost } from './open-view.ts'

export interface PresenceViewsOptions extends ViewHost {
  readonly presence: Pick<LocalPresence, 'valueOf'>
}

export class PresenceViews {
  readonly #options: PresenceViewsOptions
  /** By id. */
  readonly #views = new Map<string, OpenView>()
  /** Views that were opened so far. */
  #opened = 0
  /** The focus of the view that had it last. */
  #focus = 0

  constructor(options: PresenceViewsOptions) {
    this.#options = options
  }

  /** @throws the errors of `Presence.view` */
  open(id: string): PresenceView {
    this.#options.checkOpen()
    const known = this.#views.get(id)
    if (known) return known
    const fault =
      id === '' ? `is empty: give 1 to ${limits.maxViewIdBytes} bytes` : textFault(id, limits.maxViewIdBytes)
    if (fault !== undefined) throw new InvalidOptionsError(`view: the id ${fault}`)
    if (this.#views.size >= limits.maxViews)
      throw new InvalidOptionsError(`view: at most ${limits.maxViews} are open in one room: close one first`)
    const view = new OpenView(id, this.#freeSlot(), this.#opened + 1, {
      ...this.#options,
      isFocused: focus => focus > 0 && focus === this.#focus,
      nextFocus: () => {
        this.#focus += 1
        return this.#focus
      },
      closed: () => this.#views.delete(id),
    })
    view.announce(0)
    this.#opened += 1
    this.#views.set(id, view)
    return view
  }

  /**
   * Publishes the awareness of a view in a document; undefined removes it.
   *
   * @throws {NotRunningError} the view is not open
   * @throws {InvalidValueError} a value is invalid. Nothing was changed
   */
  claim(id: string, document: string, claim: LocalClaim | undefined): void {
    const view = this.#views.get(id)
    if (!view) throw new NotRunningError(`the view '${id}' is not open: open it with presence.view()`)
    view.claim(document, claim)
  }

  /** Removes the awareness of all views in a document. */
  withdraw(document: string): void {
    for (const view of this.#views.values()) view.claim(document, undefined)
  }

  /** The awareness of the views in a document. */
  claimsIn(document: string): (AwarenessClaim & { readonly view: string })[] {
    return [...this.#views.values()].flatMap(({ id, slot, number }) => {
      const value = this.#options.presence.valueOf(viewAwarenessField(slot, document))
      const claim = readAwarenessClaim(readViewValue(value, number))
      return claim ? [{ view: id, ...claim }] : []
    })
  }

  /** The smallest free slot, so that a new view reuses the field names of a closed one. */
  #freeSlot(): number {
    const used = new Set([...this.#views.values()].map(({ slot }) => slot))
    let slot = 0
    while (used.has(slot)) slot += 1
    return slot
  }
}
