import { describe, expect, it } from 'vitest'
import { convergenceText, heldText } from '../../src/members/agreement.tsx'

const nameOf = (id: string) => id.toUpperCase()

describe('the words about agreement', () => {
  it('say how many members agree, and which do not', () => {
    const measured = { agreeing: 3, known: 5, sinceMs: undefined, differing: ['bob'], missing: ['cid'] }
    expect(convergenceText(measured, nameOf)).toBe(
      '3 of 5 members agree about each other; not yet BOB; no answer from CID.',
    )
    const agreed = { agreeing: 5, known: 5, sinceMs: 1, differing: [], missing: [] }
    expect(convergenceText(agreed, nameOf)).toMatch(/^All 5 members have agreed about each other since /)
    expect(convergenceText({ ...agreed, agreeing: 1, known: 1 }, nameOf)).toMatch(/no other member/)
    expect(convergenceText({ ...agreed, known: 0, sinceMs: undefined }, nameOf)).toMatch(/^Measuring /)
  })

  it('say which members have the same content of a room or config', () => {
    const held = { type: 'room', name: 'notes', holding: ['ada'], differing: [], missing: [] } as const
    expect(heldText(held, nameOf)).toBe('The room notes: the other member has the same content.')
    expect(heldText({ ...held, holding: [] }, nameOf)).toMatch(/no other member has it open/)
    expect(heldText({ ...held, holding: ['ada', 'bob'] }, nameOf)).toMatch(/all 2 other members have/)
    const differing = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    expect(heldText({ ...held, differing, missing: ['x'] }, nameOf)).toBe(
      'The room notes: 1 of 9 other members have the same content; not yet A, B, C, D, E and 2 more; no answer from X.',
    )
  })
})
