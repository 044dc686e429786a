import { describe, expect, it } from 'vitest'
import { readPresence } from '../../src/rooms/member-views.ts'
import { viewAwarenessField, viewField, viewHeaderField } from '../../src/rooms/view-fields.ts'
import type { Json } from '../../src/wire/json.ts'
import { fieldFact } from '../helpers/space-facts.ts'

const fact = (name: string, value: Json | undefined, version = 1) =>
  fieldFact('ada', { name, value: value as Json, version })
const header = (slot: number, id: string, focus = 0, since = 0) =>
  fact(viewHeaderField(slot), { id, focus, since }, since + 1)

const idsOf = (...facts: ReturnType<typeof fact>[]) => readPresence(facts).views.map(({ id }) => id)

describe('the presence of a member', () => {
  it('has the fields of the member and those of its views', () => {
    const facts = [
      fact('cursor', 1),
      fact('gone', undefined),
      fact('documents:', {}),
      header(0, 'main', 1),
      fact(viewField(0, 'cursor'), 2, 2),
      fact(viewField(0, 'gone'), undefined, 2),
      fact(viewAwarenessField(0, 'notes'), { client: 1, state: {} }, 2),
    ]
    expect(readPresence(facts)).toEqual({
      own: [['cursor', 1]],
      views: [{ id: 'main', slot: 0, focus: 1, since: 0, fields: [['cursor', 2]] }],
    })
  })

  it('has its views in the order of their last focus, and those that never had it first', () => {
    expect(idsOf(header(0, 'a', 3), header(1, 'b', 1), header(2, 'c'), header(3, 'd', 2))).toEqual([
      'c',
      'b',
      'd',
      'a',
    ])
  })

  it('has views of equal focus in the order of their ids', () => {
    expect(idsOf(header(0, 'b', 1), header(1, 'a', 1))).toEqual(['a', 'b'])
  })

  it('shows a view once its header has arrived, and no view without one', () => {
    expect(readPresence([fact(viewField(0, 'cursor'), 1)])).toEqual({ own: [], views: [] })
    expect(readPresence([fact(viewHeaderField(0), undefined), fact(viewField(0, 'cursor'), 1)]).views).toEqual([])
  })

  it('leaves out the fields of an earlier view in the same slot', () => {
    const { views } = readPresence([
      header(0, 'second', 0, 5),
      fact(viewField(0, 'cursor'), 'first', 5),
      fact(viewField(0, 'note'), 'second', 7),
    ])
    expect(views.map(({ fields }) => fields)).toEqual([[['note', 'second']]])
  })

  it('has a view once that is in two slots, where it opened later', () => {
    const facts = [header(0, 'a', 0, 9), header(1, 'a', 0, 3)]
    for (const each of [facts, facts.toReversed()])
      expect(readPresence(each).views.map(({ id, slot }) => [id, slot])).toEqual([['a', 0]])
    const equal = [header(1, 'a', 2, 3), header(0, 'a', 1, 3)]
    for (const each of [equal, equal.toReversed()])
      expect(readPresence(each).views.map(({ slot }) => slot)).toEqual([0])
  })

  it('leaves out malformed fields of views, and reserved names within a view', () => {
    const facts = [
      fact('view:', 1),
      fact('view:w', { id: 'w', focus: 0, since: 0 }),
      fact('view:00', { id: 'x', focus: 0, since: 0 }),
      fact('view:1', 'no header'),
      fact('view:1:cursor', 1, 2),
      header(2, 'main'),
      fact('view:2cursor', 1, 2),
      fact(viewField(2, 'documents:'), {}, 2),
      fact(viewField(2, 'awareness:notes'), {}, 2),
      fact(viewField(2, 'view:3'), {}, 2),
      fact(viewField(2, ''), 'empty', 2),
    ]
    expect(readPresence(facts)).toMatchObject({ own: [], views: [{ id: 'main', fields: [['', 'empty']] }] })
    expect(readPresence(facts).views).toHaveLength(1)
  })
})
