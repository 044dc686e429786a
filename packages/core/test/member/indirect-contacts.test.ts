import { describe, expect, it } from 'vitest'
import { IndirectContacts } from '../../src/member/indirect-contacts.ts'

describe('indirect contacts', () => {
  const contacts = (): IndirectContacts => {
    const indirect = new IndirectContacts()
    indirect.sent({ type: 'ping', seq: 1 }, 500)
    indirect.sent({ type: 'ping-request', seq: 2, subject: 'ada' }, 1_000)
    indirect.sent({ type: 'ping-request', seq: 3, subject: 'ada' }, 2_000)
    return indirect
  }

  it('begin with the first request to a proxy', () => {
    expect(contacts().silentMs('ada', 3_500)).toBe(2_500)
    expect(contacts().silentMs('grace', 3_500)).toBeUndefined()
  })

  it.each([
    { type: 'message', from: 'ada', message: { type: 'ack', seq: 1 } },
    { type: 'evidence', id: 'ada' },
    { type: 'connection', id: 'ada', state: 'closed' },
    { type: 'forget', id: 'ada' },
  ] as const)('end with %j', input => {
    const indirect = contacts()
    indirect.received(input)
    expect(indirect.silentMs('ada', 3_500)).toBeUndefined()
  })

  it('ask for a check of the connection after 5 s, and then at intervals that double', () => {
    const indirect = new IndirectContacts()
    const due = Array.from({ length: 50 }, (_, second) => second).filter(
      second =>
        indirect.sent({ type: 'ping-request', seq: second, subject: 'ada' }, 1_000 * second) === 'ada',
    )
    expect(due).toEqual([5, 10, 20, 40])
    indirect.received({ type: 'evidence', id: 'ada' })
    expect(indirect.sent({ type: 'ping-request', seq: 50, subject: 'ada' }, 50_000)).toBeUndefined()
    expect(indirect.sent({ type: 'ping', seq: 51 }, 60_000)).toBeUndefined()
  })

  it('do not end with what arrives from others', () => {
    const indirect = contacts()
    indirect.received({ type: 'evidence', id: 'grace' })
    indirect.received({ type: 'message', from: 'grace', message: { type: 'ack', seq: 2 } })
    expect(indirect.silentMs('ada', 3_500)).toBe(2_500)
  })
})
