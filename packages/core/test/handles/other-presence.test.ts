import { describe, expect, it } from 'vitest'
import { type AnyOther, changedFields, otherOf } from '../../src/handles/other-presence.ts'
import type { Fields, MemberView } from '../../src/rooms/member-views.ts'

/** Views in the order of their last focus. */
const views = (...given: readonly (readonly [id: string, fields: Fields])[]): MemberView[] =>
  given.map(([id, fields], slot) => ({ id, slot, fields, focus: slot, number: slot }))

const show = (own: Fields, given: readonly MemberView[] = [], before?: AnyOther) =>
  otherOf('ada', { own, views: given }, before)

describe('another member', () => {
  it('without views has an empty list of views, always the same', () => {
    const [first, second] = [show([['cursor', 1]]), show([])]
    expect(first).toEqual({ id: 'ada', presence: { cursor: 1 }, views: [] })
    expect(second.views).toBe(first.views)
    expect(show([], views(), show([], views(['main', []]))).views).toBe(first.views)
    expect(Object.isFrozen(first.views)).toBe(true)
  })

  it('has its own fields, replaced by those of its views, of which the last focused replaces the others', () => {
    const own: Fields = [
      ['name', 'Ada'],
      ['cursor', 0],
      ['tool', 'pen'],
    ]
    const first: Fields = [
      ['cursor', 1],
      ['tool', 'brush'],
    ]
    const second: Fields = [['cursor', 2]]
    expect(show(own, views(['b', first], ['a', second]))).toEqual({
      id: 'ada',
      presence: { name: 'Ada', cursor: 2, tool: 'brush' },
      views: [
        { id: 'a', presence: { cursor: 2 } },
        { id: 'b', presence: { cursor: 1, tool: 'brush' } },
      ],
    })
    expect(show(own, views(['a', second], ['b', first])).presence).toEqual({
      name: 'Ada',
      cursor: 1,
      tool: 'brush',
    })
  })

  it('keeps what has not changed as the same objects', () => {
    const a: Fields = [['cursor', { x: 1 }]]
    const b: Fields = [['note', 'here']]
    const before = show([['name', 'Ada']], views(['a', a], ['b', b]))
    expect(show([['name', 'Ada']], views(['a', a], ['b', b]), before)).toBe(before)
    // The focus moves, and no value depends on it.
    expect(show([['name', 'Ada']], views(['b', b], ['a', a]), before)).toBe(before)
    const moved = show([['name', 'Ada']], views(['a', [['cursor', { x: 2 }]]], ['b', b]), before)
    expect(moved.views[0]).not.toBe(before.views[0])
    expect(moved.views[1]).toBe(before.views[1])
    const covered = show([], views(['a', [['cursor', 1]]], ['b', [['cursor', 2]]]))
    const changed = show([], views(['a', [['cursor', 3]]], ['b', [['cursor', 2]]]), covered)
    expect(changed.presence).toBe(covered.presence)
    expect(changed.views).not.toBe(covered.views)
  })

  it('names the fields that changed, in its presence or in a view', () => {
    const [a, b]: Fields[] = [[['cursor', 1]], [['cursor', 2]]]
    const before = show([['name', 'Ada']], views(['a', a ?? []], ['b', b ?? []]))
    const after = (own: Fields, given: readonly MemberView[]) =>
      changedFields(before, show(own, given, before))
    expect(after([['name', 'Bob']], views(['a', a ?? []], ['b', b ?? []]))).toEqual(['name'])
    // Of a view behind another one.
    expect(after([['name', 'Ada']], views(['a', [['cursor', 3]]], ['b', b ?? []]))).toEqual(['cursor'])
    expect(after([['name', 'Ada']], views(['b', b ?? []], ['a', a ?? []]))).toEqual(['cursor'])
    expect(after([['name', 'Ada']], views(['b', b ?? []]))).toEqual(['cursor'])
    expect(after([], views(['a', a ?? []], ['b', b ?? []], ['c', [['note', 1]]]))).toEqual(['name', 'note'])
    expect(after([['name', 'Ada']], views(['a', a ?? []], ['b', b ?? []], ['c', []]))).toEqual([])
  })

  it('may have a field with any name', () => {
    const before = show([], views(['a', []]))
    const fields: Fields = [
      ['__proto__', 1],
      ['constructor', 2],
    ]
    const after = show([], views(['a', fields]), before)
    expect(Object.entries(after.presence)).toEqual(fields)
    expect(changedFields(before, after)).toEqual(['__proto__', 'constructor'])
  })
})
