import { describe, expect, it } from 'vitest'
import { isAwarenessField, isReservedField } from '../../src/rooms/reserved-fields.ts'
import {
  maxViewFieldNameBytes,
  readViewField,
  readViewHeader,
  readViewValue,
  viewAwarenessField,
  viewField,
  viewHeaderField,
} from '../../src/rooms/view-fields.ts'
import { byteLength } from '../../src/wire/checks.ts'
import type { Json } from '../../src/wire/json.ts'
import * as limits from '../../src/wire/limits.ts'

describe('the fields of a view', () => {
  it.each([0, 9, 10, 31])('have names that are read as they were made, in slot %d', slot => {
    expect(readViewField(viewHeaderField(slot))).toEqual({ type: 'header', slot })
    for (const name of ['', 'cursor', 'a:b@c', '@'])
      expect(readViewField(viewField(slot, name))).toEqual({ type: 'field', slot, name })
    for (const document of ['', 'notes', 'a:b@c', ':'])
      expect(readViewField(viewAwarenessField(slot, document))).toEqual({ type: 'awareness', slot, document })
  })

  it.each([
    'view:',
    'view:w',
    'view:A',
    'view:-',
    'view: ',
    'view:00',
    'view:0cursor',
    'view:::',
    'view:10:x',
  ])('do not include %j, which is reserved all the same', name => {
    expect(readViewField(name)).toBeUndefined()
    expect(isReservedField(name)).toBe(true)
  })

  it('are not the fields of an app', () => {
    for (const name of ['view', 'views', 'viewport', 'Aview:0']) {
      expect(isReservedField(name)).toBe(false)
      expect(readViewField(name)).toBeUndefined()
    }
  })

  it('are awareness if they belong to a document', () => {
    expect(isAwarenessField(viewAwarenessField(3, ''))).toBe(true)
    expect(isAwarenessField(viewField(3, '@'))).toBe(false)
    expect(isAwarenessField(viewHeaderField(3))).toBe(false)
  })

  it('fit into the limit of names', () => {
    const slot = limits.maxViews - 1
    const document = 'x'.repeat(limits.maxDocumentNameBytes)
    expect(byteLength(viewAwarenessField(slot, document))).toBeLessThanOrEqual(limits.maxFieldNameBytes)
    const name = 'x'.repeat(maxViewFieldNameBytes)
    expect(byteLength(viewField(slot, name))).toBe(limits.maxFieldNameBytes)
  })
})

describe('the header of a view', () => {
  it('is read as it was made', () => {
    const header = { id: 'main', focus: 2, number: 17 }
    expect(readViewHeader(header)).toEqual(header)
    expect(readViewHeader({ ...header, later: true })).toEqual(header)
  })

  it.each<[Json | undefined]>([
    [undefined],
    [null],
    [1],
    ['main'],
    [[]],
    [{}],
    [{ id: 'main' }],
    [{ id: '', focus: 0, number: 0 }],
    [{ id: 'x'.repeat(65), focus: 0, number: 0 }],
    [{ id: 1, focus: 0, number: 0 }],
    [{ id: 'main', focus: -1, number: 0 }],
    [{ id: 'main', focus: 0.5, number: 0 }],
    [{ id: 'main', focus: 0, number: '0' }],
    [{ id: 'main', focus: 2 ** 53, number: 0 }],
  ])('is not %j', value => {
    expect(readViewHeader(value)).toBeUndefined()
  })
})

describe('the value of a field of a view', () => {
  it('counts for the view with its number alone', () => {
    expect(readViewValue([3, { x: 1 }], 3)).toEqual({ x: 1 })
    expect(readViewValue([3, null], 3)).toBeNull()
    expect(readViewValue([3, 1], 4)).toBeUndefined()
  })

  it.each<[Json | undefined]>([
    [undefined],
    [null],
    [3],
    ['3'],
    [[]],
    [[3]],
    [['3', 1]],
    [[3, 1, 1]],
    [{ 0: 3, 1: 1 }],
  ])('is not %j', value => {
    expect(readViewValue(value, 3)).toBeUndefined()
  })
})
