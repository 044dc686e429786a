/** News: what of a message a table would take in. */
import type { SignedFact } from '../wire/fact.ts'
import type { Table } from './table.ts'

/** The facts that would be news, in their order: the only ones whose signature is worth checking. */
export function filterNew(table: Table, facts: readonly SignedFact[], epochMs: number): SignedFact[] {
  /** What the table cannot judge yet may follow from a record ahead of it. */
  const introduced = new Set<string>()
  return facts.filter(fact => {
    const outcome = table.outcome(fact, epochMs)
    if (outcome === 'merged' && fact.type === 'record') introduced.add(fact.author)
    const about = fact.type === 'suspicion' ? fact.subject : fact.author
    return outcome === 'merged' || (outcome === 'unknown-member' && introduced.has(about))
  })
}
