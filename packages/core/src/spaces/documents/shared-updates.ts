/** Shared updates: a sequence that is made once, when somebody first asks for its next update, and read by many. */
export class SharedUpdates {
  readonly #made: Uint8Array[] = []
  readonly #source: Iterator<Uint8Array, void, undefined>

  constructor(source: Iterator<Uint8Array, void, undefined>) {
    this.#source = source
  }

  /** The update of this number, from 0; undefined: there are not so many. */
  at(index: number): Uint8Array | undefined {
    while (this.#made.length <= index) {
      const { value } = this.#source.next()
      if (!value) return undefined
      this.#made.push(value)
    }
    return this.#made[index]
  }

  /** All of them, from the first. */
  *read(): Generator<Uint8Array, void, undefined> {
    for (let index = 0, update = this.at(0); update; update = this.at(++index)) yield update
  }
}
