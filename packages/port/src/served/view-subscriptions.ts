/**
 * View subscriptions: the stores and the events that one view receives, by the number of the cluster, room or config to which
 * they belong.
 *
 * The view chooses the numbers of its rooms and configs. A number is in use from the call that opens the room or config until
 * the view closes it. Closing undoes everything that belongs to the number, the latest first, even during the opening.
 */
import { endOpening, InvalidOptionsError, markOpening, NotRunningError } from '@hearsay/core/app'
import { clusterNumber, type StoreName } from '../contract.ts'
import type { StoreMirror } from './store-mirror.ts'
import type { ViewQueue } from './view-queue.ts'

/** A store mirror of any store. */
type Mirror = Pick<StoreMirror<unknown>, 'watch' | 'take'>

/** Our choice: as many as a member can be in. */
const maxSpaces = 256

/** A room or config: its name, and the number that the view has given it. */
export interface NumberedSpace {
  readonly number: number
  readonly name: string
}

export class ViewSubscriptions {
  readonly #queue: ViewQueue
  readonly #mirrors = new Map<string, Mirror>()
  readonly #undo = new Map<number, (() => void)[]>()
  #isEnded = false

  constructor(queue: ViewQueue) {
    this.#queue = queue
  }

  /**
   * Opens a room or config under a number. Closing the number leaves it, unless other views or the app have it open.
   *
   * @param open opens the room or config of this name, or returns it if it is open. It may refuse one view
   * @throws {InvalidOptionsError} the number is in use, or the view has too many rooms and configs open
   * @throws {NotRunningError} the view has ended, or has closed the number meanwhile
   * @throws the errors of `open`
   */
  async open<Space extends { leave(): void }>(
    { number, name }: NumberedSpace,
    open: () => Promise<Space>,
  ): Promise<Space> {
    this.#checkNumber(number)
    let isClosed = false
    this.onClose(number, () => {
      isClosed = true
    })
    const marked = async (): Promise<Space> => {
      const space = await open()
      // The app may leave between the two.
      return markOpening(space, 'views') ? space : marked()
    }
    const space = await marked().catch(error => {
      this.close(number)
      throw error
    })
    const leave = () => endOpening(space, 'views') && space.leave()
    if (isClosed) {
      leave()
      throw new NotRunningError(`the view has left '${name}' already`)
    }
    this.onClose(number, leave)
    return space
  }

  /** Whether something belongs to the number. */
  has(owner: number): boolean {
    return this.#undo.has(owner)
  }

  /** Sends the changes of a store to the view as long as the view watches the store. */
  mirror(owner: number, name: string, mirror: Mirror): void {
    const key: StoreName = [owner, name]
    this.#mirrors.set(key.join(), mirror)
    this.#queue.addStore(key, mirror)
    this.onClose(owner, () => {
      mirror.watch(false)
      this.#mirrors.delete(key.join())
    })
  }

  watch(store: StoreName, isWatched: boolean): void {
    this.#mirrors.get(store.join())?.watch(isWatched)
  }

  /** Sends the events of these types to the view. The types of event targets differ between `main-event` and the language. */
  listen(owner: number, target: object, ...types: readonly string[]): void {
    const events = target as EventTarget
    for (const type of types) {
      const listener = (event: Event) =>
        this.#queue.event(owner, type, event instanceof CustomEvent ? event.detail : undefined)
      events.addEventListener(type, listener)
      this.onClose(owner, () => events.removeEventListener(type, listener))
    }
  }

  /** Calls `undo` when the view closes the number, or ends. */
  onClose(owner: number, undo: () => void): void {
    this.#undo.set(owner, [undo, ...(this.#undo.get(owner) ?? [])])
  }

  close(owner: number): void {
    const undo = this.#undo.get(owner) ?? []
    this.#undo.delete(owner)
    for (const each of undo) each()
    this.#queue.remove(owner)
  }

  /** Closes all numbers, and opens no other. */
  end(): void {
    this.#isEnded = true
    for (const owner of [...this.#undo.keys()]) this.close(owner)
  }

  #checkNumber(number: number): void {
    if (this.#isEnded) throw new NotRunningError('the view has ended')
    if (!Number.isSafeInteger(number) || number <= clusterNumber || this.has(number))
      throw new InvalidOptionsError('room or config: the number is in use')
    if (this.#undo.size > maxSpaces)
      throw new InvalidOptionsError(
        `room or config: this view has ${maxSpaces} open already: leave one first`,
      )
  }
}
