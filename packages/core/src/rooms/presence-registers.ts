/**
 * Presence registers: each field of each member's presence in one room, as last said by that member.
 *
 * A field is ordered by (entered, version): what was said in an earlier entry is gone as a whole as soon as one
 * thing of a later entry is known. Equal order with other content, which only a liar signs, is settled by the id.
 */

import type { Admission } from '../spaces/admission.ts'
import { type FactSet, type StoredFact, storedFact } from '../spaces/fact-set.ts'
import type { Json } from '../wire/json.ts'
import { limits } from '../wire/limits.ts'
import type { FieldFact } from '../wire/space-fact.ts'

interface Author {
  readonly generation: number
  readonly fields: Map<string, StoredFact<FieldFact>>
  bytes: number
}

/** Authors of whom something is held. Beyond, newcomers say nothing here until others are gone. */
const maxAuthors = 4_096
/** An author keeps to its limit; what it announces of documents, and facts that overtake each other, come on top. */
const maxExcessFactor = 3

export class PresenceRegisters {
  readonly #facts: FactSet
  readonly #authors = new Map<string, Author>()

  /** @param facts where what is held here is added, and what no longer is, removed. */
  constructor(facts: FactSet) {
    this.#facts = facts
  }

  /** In the order in which they first spoke. */
  authors(): Iterable<string> {
    return this.#authors.keys()
  }

  /** In which entry an author spoke last; undefined: it did not. */
  generationOf(author: string): number | undefined {
    return this.#authors.get(author)?.generation
  }

  /** What an author says now: the fields that have a value. */
  fieldsOf(author: string): [name: string, value: Json][] {
    const fields: [string, Json][] = []
    for (const [name, { fact }] of this.#authors.get(author)?.fields ?? [])
      if (fact.value !== undefined) fields.push([name, fact.value])
    return fields
  }

  /** Undefined: the author says nothing there. */
  valueOf(author: string, field: string): Json | undefined {
    return this.#authors.get(author)?.fields.get(field)?.fact.value
  }

  admit(fact: FieldFact): Admission {
    const author = this.#authors.get(fact.author)
    if (!author) return this.#authors.size < maxAuthors ? 'new' : 'rejected'
    if (fact.generation !== author.generation) return fact.generation > author.generation ? 'new' : 'stale'
    const known = author.fields.get(fact.name)
    if (known && !isNewer(fact, known)) return 'stale'
    if (!known && author.fields.size >= maxExcessFactor * limits.maxPresenceFields) return 'rejected'
    const bytes = author.bytes + fact.payload.length - (known?.fact.payload.length ?? 0)
    return bytes > maxExcessFactor * limits.maxPresenceBytes ? 'rejected' : 'new'
  }

  /** A fact that is news. */
  merge(fact: FieldFact): void {
    const author = this.#authorOf(fact)
    const known = author.fields.get(fact.name)
    if (known) this.#facts.remove(known)
    const held = storedFact(fact)
    author.fields.set(fact.name, held)
    author.bytes += fact.payload.length - (known?.fact.payload.length ?? 0)
    this.#facts.add(held)
  }

  /** All that an author said is gone. */
  drop(author: string): void {
    for (const held of this.#authors.get(author)?.fields.values() ?? []) this.#facts.remove(held)
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
