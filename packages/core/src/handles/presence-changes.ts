/**
 * Presence changes: the members of one room whose presence may have changed in one step, with the names of the changed
 * fields.
 */

interface MemberChange {
  /** The member entered or disappeared, or has another generation, so any of its fields may have changed. */
  isWhole: boolean
  readonly fields: Set<string>
}

export class PresenceChanges {
  readonly #members = new Map<string, MemberChange>()

  /** @param field undefined: the whole member */
  add(id: string, field: string | undefined): void {
    const change = this.#members.get(id) ?? { isWhole: false, fields: new Set() }
    if (field === undefined) change.isWhole = true
    else change.fields.add(field)
    this.#members.set(id, change)
  }

  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  /** Whether a member changed as a whole. */
  get hasWhole(): boolean {
    return this.#some(({ isWhole }) => isWhole)
  }

  /** Whether a field with such a name changed by itself. */
  hasField(isSuch: (name: string) => boolean): boolean {
    return this.#some(({ fields }) => [...fields].some(isSuch))
  }

  *[Symbol.iterator](): Iterator<readonly [id: string, fields: ReadonlySet<string>]> {
    for (const [id, { fields }] of this.#members) yield [id, fields]
  }

  #some(isSuch: (change: MemberChange) => boolean): boolean {
    return [...this.#members.values()].some(isSuch)
  }
}
