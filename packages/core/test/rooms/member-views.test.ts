import { describe, expect, it } from 'vitest'
import { readPresence } from '../../src/rooms/member-views.ts'
import { viewAwarenessField, viewField, viewHeaderField } from '../../src/rooms/view-fields.ts'
import type { Json } from '../../src/wire/json.ts'

const header = (slot: number, id: string, focus = 0, number = 1): [string, Json] => [
  viewHeaderField(slot),
  { id, focus, number },
]

const idsOf = (...fields: [string, Json][]) => readPresence(fields).views.map(({ id }) => id)

describe('the presence of a member', () => {
  it('has the fields of the member and those of its views', () => {
    const fields: [string, Json][] = [
      ['cursor', 1],
      ['documents:', {}],
      header(0, 'main', 1),
      [viewField(0, 'cursor'), [1, 2]],
      [viewAwarenessField(0, 'notes'), [1, { client: 1, state: {} }]],
    ]
    expect(readPresence(fields)).toEqual({
      own: [['cursor', 1]],
      views: [{ id: 'main', slot: 0, focus: 1, number: 1, fields: [['cursor', 2]] }],
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
    expect(readPresence([[viewField(0, 'cursor'), [1, 1]]])).toEqual({ own: [], views: [] })
  })

  it('leaves out the fields of another view in the same slot', () => {
    const { views } = readPresence([
      header(0, 'second', 0, 2),
      [viewField(0, 'cursor'), [1, 'first']],
      [viewField(0, 'note'), [2, 'second']],
      [viewField(0, 'text'), [3, 'third']],
    ])
    expect(views.map(({ fields }) => fields)).toEqual([[['note', 'second']]])
  })

  it('has a view once that is in two slots, where it opened later', () => {
    const fields = [header(0, 'a', 0, 9), header(1, 'a', 0, 3)]
    for (const each of [fields, fields.toReversed()])
      expect(readPresence(each).views.map(({ id, slot }) => [id, slot])).toEqual([['a', 0]])
    const equal = [header(1, 'a', 2, 3), header(0, 'a', 1, 3)]
    for (const each of [equal, equal.toReversed()])
      expect(readPresence(each).views.map(({ slot }) => slot)).toEqual([0])
  })

  it('leaves out malformed fields of views, and reserved names within a view', () => {
    const fields: [string, Json][] = [
      ['view:', 1],
      ['view:w', { id: 'w', focus: 0, number: 1 }],
      ['view:00', { id: 'x', focus: 0, number: 1 }],
      ['view:1', 'no header'],
      ['view:1:cursor', [1, 1]],
      header(2, 'main'),
      ['view:2cursor', [1, 1]],
      [viewField(2, 'cursor'), 1],
      [viewField(2, 'documents:'), [1, {}]],
      [viewField(2, 'awareness:notes'), [1, {}]],
      [viewField(2, 'view:3'), [1, {}]],
      [viewField(2, ''), [1, 'empty']],
    ]
    expect(readPresence(fields)).toMatchObject({ own: [], views: [{ id: 'main', fields: [['', 'empty']] }] })
    expect(readPresence(fields).views).toHaveLength(1)
  })
})
