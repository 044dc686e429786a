/** Facts of spaces, with signatures that anybody could make: equal facts have equal ones. */

import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import {
  draftSpaceFact,
  type EntryFact,
  type FieldFact,
  type SpaceFact,
  type SpaceFactBody,
} from '../../src/wire/space-fact.ts'

export function entryFact(author: string, body: Partial<SpaceFactBody & { type: 'entry' }>): EntryFact {
  const whole = { key: 'k', value: 1, epochMs: 1_000, count: 0, replaces: undefined, ...body }
  return signed(author, { type: 'entry', ...whole }) as EntryFact
}

export function fieldFact(author: string, body: Partial<SpaceFactBody & { type: 'field' }>): FieldFact {
  return signed(author, {
    type: 'field',
    generation: 1,
    version: 1,
    name: 'f',
    value: 1,
    ...body,
  }) as FieldFact
}

export function signed(author: string, body: SpaceFactBody): SpaceFact {
  const draft = draftSpaceFact(author, body)
  return { ...draft, signature: signatureOf(author, draft.payload) }
}
