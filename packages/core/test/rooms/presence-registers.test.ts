import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { PresenceRegisters } from '../../src/rooms/presence-registers.ts'
import { FactSet } from '../../src/spaces/fact-set.ts'
import * as limits from '../../src/wire/limits.ts'
import type { FieldFact } from '../../src/wire/space-fact.ts'
import { fieldFact } from '../helpers/space-facts.ts'

const [ada, bob] = [idOf('ada'), idOf('bob')]

function registers() {
  const facts = new FactSet()
  return { facts, presence: new PresenceRegisters(facts) }
}

function merge({ presence }: ReturnType<typeof registers>, facts: readonly FieldFact[]): void {
  for (const fact of facts) if (presence.admit(fact) === 'new') presence.merge(fact)
}

const someFacts = fc.array(
  fc
    .record({
      author: fc.constantFrom(ada, bob),
      name: fc.constantFrom('cursor', 'note'),
      generation: fc.integer({ min: 1, max: 3 }),
      version: fc.integer({ min: 1, max: 4 }),
      value: fc.option(fc.nat(3), { nil: undefined }),
    })
    .map(({ author, ...body }) => fieldFact(author, body)),
  { maxLength: 20 },
)

describe('presence registers', () => {
  it('reach the same state for any order and repetition of facts', () => {
    fc.assert(
      fc.property(
        someFacts.chain(facts =>
          fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })),
        ),
        ([facts, shuffled]) => {
          const [inOrder, otherwise] = [registers(), registers()]
          merge(inOrder, facts)
          merge(otherwise, [...shuffled, ...facts])
          expect(otherwise.facts.hash()).toEqual(inOrder.facts.hash())
          for (const author of [ada, bob])
            expect(new Map(otherwise.presence.fieldsOf(author))).toEqual(
              new Map(inOrder.presence.fieldsOf(author)),
            )
        },
      ),
    )
  })

  it('drop all fields of an earlier generation with the first field of a later one', () => {
    const a = registers()
    merge(a, [fieldFact(ada, { name: 'cursor', version: 1 }), fieldFact(ada, { name: 'note', version: 2 })])
    merge(a, [fieldFact(ada, { generation: 2, name: 'note', value: 'again', version: 1 })])
    expect(a.presence.fieldsOf(ada)).toEqual([['note', 'again']])
    expect(a.facts.size).toBe(1)
    expect(a.presence.admit(fieldFact(ada, { generation: 1, version: 9 }))).toBe('stale')
  })

  it('store at most three times the bytes of an author, and as many fields as it may publish', () => {
    const a = registers()
    const large = (version: number) =>
      fieldFact(ada, { name: `${version}`, version, value: 'x'.repeat(8_000) })
    merge(a, [1, 2, 3, 4, 5, 6, 7].map(large))
    expect(a.presence.admit(large(8))).toBe('rejected')
    const bytes = a.presence.fieldsOf(ada).reduce((sum, [, value]) => sum + String(value).length, 0)
    expect(bytes).toBeLessThanOrEqual(3 * limits.maxPresenceBytes)
    // Other authors are not affected.
    expect(a.presence.admit(fieldFact(bob, {}))).toBe('new')
    const many = registers()
    merge(
      many,
      Array.from({ length: 300 }, (_, i) => fieldFact(ada, { name: `${i}`, version: i })),
    )
    expect(many.facts.size).toBe(limits.maxPresenceFieldsInAll + 3)
  })

  it('drop an author with all its fields', () => {
    const a = registers()
    merge(a, [fieldFact(ada, {}), fieldFact(bob, {})])
    a.presence.drop(ada)
    expect([...a.presence.authors()]).toEqual([bob])
    expect(a.facts.size).toBe(1)
  })
})
