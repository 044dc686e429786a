/** Facts as members that keep the rules would sign them: what a fact says follows from its place in the order. */
import fc from 'fast-check'
import type { FactBody, SignedFact } from '../../src/wire/fact.ts'
import { heartbeatBody, idOf, recordBody, signedFact, suspicionBody } from '../helpers/signed-fact.ts'

export const memberIds: readonly string[] = Array.from({ length: 24 }, (_, i) => idOf(`member ${i}`))

/** @param members how many there are facts about. */
export function factArbitrary(members: number): fc.Arbitrary<SignedFact> {
  const id = fc.constantFrom(...memberIds.slice(0, members))
  const incarnation = fc.integer({ min: 1, max: 4 })
  const record = fc
    .record({ incarnation, version: fc.integer({ min: 1, max: 4 }) })
    .map(({ incarnation, version }) =>
      recordBody({ incarnation, version, name: `${incarnation}.${version}` }),
    )
  const heartbeat = fc
    .record({ incarnation, beat: fc.integer({ min: 1, max: 5 }) })
    .map(({ incarnation, beat }) => heartbeatBody(incarnation, beat))
  const suspicion = fc
    .record({ subject: id, incarnation, refused: fc.boolean() })
    .map(({ subject, incarnation, refused }) => suspicionBody(subject, incarnation, refused))
  return fc
    .tuple(id, fc.oneof<fc.Arbitrary<FactBody>[]>(record, heartbeat, suspicion))
    .map(([author, body]) => signedFact(author, body))
}
