/**
 * Shared spaces: the rooms or the configs of one member that its views have open, by name.
 *
 * The member opens each with the first view and leaves it with the last one.
 */

interface SharedSpace<Space> {
  /** Views that have it open or are opening it. */
  views: number
  /** Undefined: it is being opened. */
  space: Space | undefined
}

export class SharedSpaces<Space> {
  readonly #spaces = new Map<string, SharedSpace<Space>>()
  readonly #leave: (space: Space) => void

  /** @param leave called when the last view has left */
  constructor(leave: (space: Space) => void) {
    this.#leave = leave
  }

  /**
   * Opens a space for one more view.
   *
   * @param open opens the space of this name, or returns it if it is open. Called for each view, because it may refuse one
   * @throws the errors of `open`
   */
  async enter(name: string, open: () => Promise<Space>): Promise<Space> {
    const shared = this.#spaces.get(name) ?? { views: 0, space: undefined }
    this.#spaces.set(name, shared)
    // Count the view before the space is open: otherwise the member could leave the space in the meantime.
    shared.views += 1
    try {
      const space = await open()
      shared.space ??= space
      return shared.space
    } catch (error) {
      this.leave(name)
      throw error
    }
  }

  /** One view leaves the space. */
  leave(name: string): void {
    const shared = this.#spaces.get(name)
    if (!shared) return
    shared.views -= 1
    if (shared.views > 0) return
    this.#spaces.delete(name)
    if (shared.space) this.#leave(shared.space)
  }
}
