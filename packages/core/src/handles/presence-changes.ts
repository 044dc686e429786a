/** Presence changes: the members of one room that may have changed in one step, with the names of the changed fields. */
export class PresenceChanges {
  /** Member → the fields that changed; empty if only the member as a whole changed. */
  readonly fields: Map<string, Set<string>> = new Map()
  #hasWhole = false

  /** @param field undefined: the member entered or disappeared, or has another generation */
  add(id: string, field: string | undefined): void {
    const fields = this.fields.get(id) ?? new Set()
    this.fields.set(id, fields)
    if (field === undefined) this.#hasWhole = true
    else fields.add(field)
  }

  /** Whether a member changed as a whole. */
  get hasWhole(): boolean {
    return this.#hasWhole
  }

  /** Whether a field changed whose name meets the condition, not counting members that changed as a whole. */
  hasField(isSuch: (name: string) => boolean): boolean {
    return [...this.fields.values()].some(names => [...names].some(isSuch))
  }
}
