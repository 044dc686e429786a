import { describe, expect, it } from 'vitest'
import { ticketOf } from '../src/member/ticket.ts'

describe('the ticket in a text', () => {
  it.each([
    ['one line', 'hearsay1.AbC-d_9\n'],
    ['several lines', '\n  hearsay1.Ab\r\n  C-d\n_9\n\nAAAA'],
    ['a line break before the ticket', 'hearsay1.AbC-\nd_9\nexpires: on Monday'],
    ['a second ticket', 'hearsay1.AbC-d_9\nhearsay1.AAAA'],
  ])('is read whole: %s', (_, text) => {
    expect(ticketOf(text)).toBe('hearsay1.AbC-d_9')
  })

  it('may be a link that was broken', () => {
    expect(ticketOf('https://app.example.org/#hearsay=\nhearsay1.AbC\nd')).toBe(
      'https://app.example.org/#hearsay=hearsay1.AbCd',
    )
    expect(ticketOf('')).toBe('')
  })
})
