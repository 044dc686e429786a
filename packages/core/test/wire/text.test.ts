import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteLength } from '../../src/wire/byte-length.ts'
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
  ])('with %s is refused, and the message says where', (_, text, index) => {
    expect(halfPairFault(text)).toBe(
      `has half of a surrogate pair at index ${index}: cut texts at whole characters`,
    )
    expect(textFault(text, 1_000)).toBe(halfPairFault(text))
  })

  it.each(['', 'Ada', 'héllo ☃', '😀', 'e\u0301', '👩‍👩‍👧', '\uffff', '\ufffd', '\u0000'])(
    '%j is shared as it is',
    text => {
      expect(textFault(text, 100)).toBeUndefined()
      expect(receivedText(text)).toBe(text)
    },
  )

  it.each<[unknown, string]>([
    [5, 'is not a string: give one of at most 4 bytes'],
    [null, 'is not a string'],
    [['a'], 'is not a string'],
    ['12345', 'has 5 bytes: give at most 4'],
    ['ééé', 'has 6 bytes'],
  ])('is not %j', (text, says) => {
    expect(textFault(text, 4)).toContain(says)
  })

  it('is read with U+FFFD for each half, as it would have been written', () => {
    fc.assert(
      fc.property(texts, text => {
        const received = receivedText(text)
        expect(received).toBe(Buffer.from(text).toString())
        expect(halfPairFault(received)).toBeUndefined()
      }),
    )
  })

  it('has as many bytes as its UTF-8', () => {
    fc.assert(
      fc.property(texts, text => {
        expect(byteLength(text)).toBe(Buffer.byteLength(text))
      }),
    )
  })
})
