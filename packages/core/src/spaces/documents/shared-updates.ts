/** Shared updates: a sequence of updates for several readers. Each update is made once, when a reader first needs it. */
export class SharedUpdates {
  readonly #made: Uint8Array[] = []
  readonly #source: Iterator<Uint8Array, void, undefined>

  constructor(source: Iterator<Uint8Array, void, undefined>) {
    this.#source = source
  }

  /** The update at this index, from 0; undefined: the sequence is shorter. */
  at(index: number): Uint8Array | undefined {
    while (this.#made.length <= index) {
      const { value } = this.#source.next()
      if (!value) return undefined
      this.#made.push(value)
    }
    return this.#made[index]
  }

  /** Reads all updates, beginning with the first. */
  *read(): Generator<Uint8Array, void, undefined> {
    for (let index = 0, update = this.at(0); update; update = this.at(++index)) yield update
  }
}
