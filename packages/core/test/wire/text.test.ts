import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteLength } from '../../src/wire/checks.ts'
import { halfPairFault, receivedText, textFault } from '../../src/wire/text.ts'

const high = '\ud83d'
const low = '\ude00'
const texts = fc.string({ unit: fc.constantFrom('a', 'é', '☃', '😀', high, low) })

describe('a text', () => {
  it.each<[what: string, text: string, index: number]>([
    ['a high half at the end', `Ada ${high}`, 4],
    ['a high half before another character', `${high}x`, 0],
    ['a low half alone', `x${low}`, 1],
    ['halves in the wrong order', low + high, 0],
    ['a half behind whole pairs', `😀😀${high}`, 4],
    ['a half in a long text', 'x'.repeat(40) + high, 40],
  ])('with %s is rejected with the index of the half', (_, text, index) => {
    expect(halfPairFault(text)).toBe(
      `has half of a surrogate pair at index ${index}: cut texts at whole characters`,
    )
    expect(textFault(text, 1_000)).toBe(halfPairFault(text))
  })

  it.each(['', 'Ada', 'héllo ☃', '😀', 'e\u0301', '👩‍👩‍👧', '\uffff', '\ufffd', '\u0000'])(
    '%j is shared unchanged',
    text => {
      expect(textFault(text, 100)).toBeUndefined()
      expect(receivedText(text)).toBe(text)
    },
  )

  it.each(['1234', 'éé', '😀', ''])('may have exactly as many bytes as allowed: %j', text => {
    expect(textFault(text, Buffer.byteLength(text))).toBeUndefined()
  })

  it.each<[unknown, string]>([
    [5, 'is not a string: give one of at most 4 bytes'],
    [null, 'is not a string'],
    [['a'], 'is not a string'],
    ['12345', 'has 5 bytes: give at most 4'],
    ['ééé', 'has 6 bytes'],
  ])('cannot be %j', (text, fault) => {
    expect(textFault(text, 4)).toContain(fault)
  })

  it('is read with U+FFFD for each half, as UTF-8 encodes it', () => {
    fc.assert(
      fc.property(texts, text => {
        const received = receivedText(text)
        expect(received).toBe(Buffer.from(text).toString())
        expect(halfPairFault(received)).toBeUndefined()
      }),
    )
  })

  it.each(['\u007f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'])(
    'has the byte length of its UTF-8 encoding: %j',
    text => {
      expect(byteLength(text)).toBe(Buffer.byteLength(text))
    },
  )

  it('has the byte length of its UTF-8 encoding', () => {
    fc.assert(
      fc.property(texts, text => {
        expect(byteLength(text)).toBe(Buffer.byteLength(text))
      }),
    )
  })
})
