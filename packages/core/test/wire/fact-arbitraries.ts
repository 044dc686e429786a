/** Facts as honest members sign them: the content of a fact is determined by its author, incarnation and version. */
import fc from 'fast-check'
import {
  heartbeatBody,
  idOf,
  recordBody,
  signedFact,
  suspicionBody,
} from '../../../../test/helpers/signed-facts.ts'
import type { FactBody, SignedFact } from '../../src/wire/fact.ts'

export const memberIds: readonly string[] = Array.from({ length: 24 }, (_, i) => idOf(`member ${i}`))

/** @param members the number of members that are authors or subjects of the facts. */
export function factArbitrary(members: number): fc.Arbitrary<SignedFact> {
  const id = fc.constantFrom(...memberIds.slice(0, members))
  const incarnation = fc.integer({ min: 1, max: 4 })
  const record = fc
    .record({ incarnation, version: fc.integer({ min: 1, max: 4 }) })
    .map(({ incarnation, version }) =>
      recordBody({ incarnation, version, name: `${incarnation}.${version}` }),
    )
  const heartbeat = fc
    .record({ incarnation, sequence: fc.integer({ min: 1, max: 5 }) })
    .map(({ incarnation, sequence }) => heartbeatBody(incarnation, sequence))
  const suspicion = fc
    .record({ subject: id, incarnation, refused: fc.boolean() })
    .map(({ subject, incarnation, refused }) => suspicionBody(subject, incarnation, refused))
  return fc
    .tuple(id, fc.oneof<fc.Arbitrary<FactBody>[]>(record, heartbeat, suspicion))
    .map(([author, body]) => signedFact(author, body))
}
