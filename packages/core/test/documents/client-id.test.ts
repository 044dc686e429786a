import { expect, it } from 'vitest'
import * as Y from 'yjs'
import { InvalidValueError } from '../../src/api/errors.ts'
import { followClientId } from '../../src/documents/client-id.ts'

it('calls the function when the app sets another client id', () => {
  const doc = new Y.Doc()
  const ids: number[] = []
  followClientId(doc, () => ids.push(doc.clientID))
  doc.clientID = 7
  doc.clientID = 2 ** 53 - 1
  doc.clientID = -0
  expect(ids).toEqual([7, 2 ** 53 - 1, 0])
})

it.each([
  [Number.NaN],
  [-1],
  [1.5],
  [Number.POSITIVE_INFINITY],
  [2 ** 53],
  ['7'],
  [7n],
  [undefined],
  [null],
  [Symbol('x')],
])('refuses %s, and keeps the client id', value => {
  const doc = new Y.Doc()
  doc.clientID = 7
  followClientId(doc, () => expect.fail('it was set'))
  expect(() => {
    doc.clientID = value as number
  }).toThrow(InvalidValueError)
  expect(doc.clientID).toBe(7)
})
