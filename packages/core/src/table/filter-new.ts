/** Selects the facts of a message that a table would merge. */
import type { SignedFact } from '../wire/fact.ts'
import type { Table } from './table.ts'

/** The facts that `merge` would accept, in their order. Only these facts need a signature check. */
export function filterNew(table: Table, facts: readonly SignedFact[], epochMs: number): SignedFact[] {
  /** Authors of new records in this message: facts about these members become mergeable after the record. */
  const introduced = new Set<string>()
  return facts.filter(fact => {
    const outcome = table.outcome(fact, epochMs)
    if (outcome === 'merged' && fact.type === 'record') introduced.add(fact.author)
    const about = fact.type === 'suspicion' ? fact.subject : fact.author
    return outcome === 'merged' || (outcome === 'unknown-member' && introduced.has(about))
  })
}
