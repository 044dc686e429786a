import { describe, expect, it } from 'vitest'
import { agreementText } from '../src/ask/agreement.ts'

const nameOf = (id: string) => `m${id}`
const measured = { agreeing: 3, known: 3, sinceMs: 1, differing: [], missing: [] }

describe('the agreement of the members', () => {
  it.each([
    [undefined, 'not measured in time'],
    [measured, '3 of 3 members agree about each other'],
    [
      { ...measured, agreeing: 1, differing: ['1'], missing: ['2'] },
      '1 of 3 members agree about each other; not yet: m1; no answer: m2',
    ],
    [
      { ...measured, agreeing: 1, known: 8, differing: ['1', '2', '3', '4', '5', '6', '7'] },
      '1 of 8 members agree about each other; not yet: m1, m2, m3, m4, m5 and 2 more',
    ],
  ])('%j is "%s"', (value, text) => {
    expect(agreementText(value, nameOf)).toBe(text)
  })
})
