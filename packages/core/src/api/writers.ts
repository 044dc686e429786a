/** Writers: the option of rooms and shared configs that says who may write. */
import type { WriterList } from '../spaces/writer-rule.ts'
import { InvalidOptionsError } from './errors.ts'

/** Who may write: everybody, or the members with these ids. */
export type Writers = 'anyone' | readonly string[]

/**
 * Checks the option `writers`.
 *
 * @param isMemberId whether a string is a member id. A view over a port leaves that to the member, because the check is large
 * @throws {InvalidOptionsError}
 */
export function checkedWriters(writers: Writers, isMemberId: (id: string) => boolean): WriterList {
  if (writers === 'anyone') return writers
  if (!Array.isArray(writers)) throw new InvalidOptionsError("writers: give 'anyone' or a list of member ids")
  for (const id of writers)
    if (typeof id !== 'string' || !isMemberId(id))
      throw new InvalidOptionsError(
        `writers: '${String(id)}' is not a member id. Give ids like cluster.self.id`,
      )
  return new Set(writers)
}

/** The option again, as it was before it was checked. */
export function givenWriters(writers: WriterList): Writers {
  return writers === 'anyone' ? writers : [...writers]
}

/** Whether both name the same writers, in any order. */
export function areSameWriters(a: WriterList, b: WriterList): boolean {
  const [first, second] = [a, b].map(writers => [...writers].sort().join())
  return first === second
}
