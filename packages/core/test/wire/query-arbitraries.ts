/** Arbitrary queries, answers and broadcasts, as this version may send them. */
import fc from 'fast-check'
import type { Json } from '../../src/wire/json.ts'
import * as limits from '../../src/wire/limits.ts'
import { draftQueryFact, type QueryFact, type QueryFactBody } from '../../src/wire/query-fact.ts'
import { bytes, count, memberId, optional, text } from './codec-arbitraries.ts'

const value = fc
  .jsonValue({ maxDepth: 3 })
  // JSON cannot represent −0.
  .map(value => JSON.parse(JSON.stringify(value)) as Json)

const numbered = { generation: count, number: count, name: text(limits.maxQueryNameBytes), value }
const id = fc.stringMatching(/^[0-9a-f]{32}$/)

const body: fc.Arbitrary<QueryFactBody> = fc.oneof(
  fc.record({
    type: fc.constant('query' as const),
    ...numbered,
    timeoutMs: fc.nat(limits.maxQueryTimeoutMs),
    to: optional(fc.array(memberId, { minLength: 1, maxLength: 4 })),
  }),
  fc.record({
    type: fc.constant('answer' as const),
    query: id,
    outcome: fc.oneof(
      fc.record({ value }),
      fc.record({ failure: fc.constantFrom('no-handler' as const, 'busy' as const, 'error' as const) }),
    ),
  }),
  fc.record({ type: fc.constant('broadcast' as const), ...numbered }),
)

export const queryFacts: fc.Arbitrary<QueryFact[]> = fc.array(
  fc
    .tuple(memberId, body, bytes(64))
    .map(([author, body, signature]) => ({ ...draftQueryFact(author, body), signature })),
  { maxLength: 6 },
)
