/**
 * Presence registers: each field of each member's presence in one room, as its author last published it.
 *
 * Fields are ordered by (generation, version). The first field of a later generation removes all fields of an earlier
 * one. Only a malicious author signs different content for one (generation, version): then the fact with the greater
 * id wins.
 */

import { type FactSet, type StoredFact, storedFact } from '../spaces/fact-set.ts'
import type { Admission } from '../spaces/space-replica.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'
import type { FieldFact } from '../wire/space-fact.ts'

interface Author {
  readonly generation: number
  readonly fields: Map<string, StoredFact<FieldFact>>
  bytes: number
}

/**
 * Maximum number of authors with stored fields. At the maximum, fields of further authors are rejected until the
 * fields of another author are dropped.
 */
const defaultMaxAuthors = 4_096
/**
 * By how much the bytes of an author's stored fields may exceed the limit of presence. The author checks the limit
 * itself, but document announcements do not count, and an old field may be stored until the field that
 * replaces it arrives.
 */
const maxExcessFactor = 3
/** The author counts all names, removed ones included, but not those of the three announcements. */
const maxFields = limits.maxPresenceFieldsInAll + 3

export class PresenceRegisters {
  readonly #facts: FactSet
  readonly #maxAuthors: number
  readonly #authors = new Map<string, Author>()

  /** @param facts the set to which stored fields are added, and from which replaced ones are removed */
  constructor(facts: FactSet, maxAuthors: number = defaultMaxAuthors) {
    this.#facts = facts
    this.#maxAuthors = maxAuthors
  }

  /** The authors with stored fields, in the order of their first stored field. */
  authors(): Iterable<string> {
    return this.#authors.keys()
  }

  /** The generation of an author's stored fields; undefined: there are none. */
  generationOf(author: string): number | undefined {
    return this.#authors.get(author)?.generation
  }

  /** The fields of an author that have a value. */
  fieldsOf(author: string): [name: string, value: Json][] {
    const fields: [string, Json][] = []
    for (const [name, { fact }] of this.#authors.get(author)?.fields ?? [])
      if (fact.value !== undefined) fields.push([name, fact.value])
    return fields
  }

  /** The stored facts of an author. */
  factsOf(author: string): FieldFact[] {
    return [...(this.#authors.get(author)?.fields.values() ?? [])].map(({ fact }) => fact)
  }

  /** The value of one field; undefined if the field has no value. */
  valueOf(author: string, field: string): Json | undefined {
    return this.#authors.get(author)?.fields.get(field)?.fact.value
  }

  admit(fact: FieldFact): Admission {
    const author = this.#authors.get(fact.author)
    if (!author) return this.#authors.size < this.#maxAuthors ? 'new' : 'rejected'
    if (fact.generation !== author.generation) return fact.generation > author.generation ? 'new' : 'stale'
    const known = author.fields.get(fact.name)
    if (known && !isNewer(fact, known)) return 'stale'
    if (!known && author.fields.size >= maxFields) return 'rejected'
    const bytes = author.bytes + fact.payload.length - (known?.fact.payload.length ?? 0)
    return bytes > maxExcessFactor * limits.maxPresenceBytes ? 'rejected' : 'new'
  }

  /** Merges a new fact. */
  merge(fact: FieldFact): void {
    const author = this.#authorOf(fact)
    const known = author.fields.get(fact.name)
    if (known) this.#facts.remove(known)
    const stored = storedFact(fact)
    author.fields.set(fact.name, stored)
    author.bytes += fact.payload.length - (known?.fact.payload.length ?? 0)
    this.#facts.add(stored)
  }

  /** Drops all fields of an author. */
  drop(author: string): void {
    for (const stored of this.#authors.get(author)?.fields.values() ?? []) this.#facts.remove(stored)
    this.#authors.delete(author)
  }

  #authorOf({ author: id, generation }: FieldFact): Author {
    const known = this.#authors.get(id)
    if (known?.generation === generation) return known
    this.drop(id)
    const author = { generation, fields: new Map(), bytes: 0 }
    this.#authors.set(id, author)
    return author
  }
}

function isNewer(fact: FieldFact, known: StoredFact<FieldFact>): boolean {
  if (fact.version !== known.fact.version) return fact.version > known.fact.version
  return storedFact(fact).id > known.id
}
