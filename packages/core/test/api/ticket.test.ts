import { describe, expect, it } from 'vitest'
import { decodeTicket } from '../../src/api/ticket.ts'
import { encodeTicket } from '../../src/grants/ticket-codec.ts'
import { chainOf, invitation } from '../grants/issued-chains.ts'

describe('a ticket that another program made', () => {
  it('ends at a time that a date can show, however long its grants last', async () => {
    const chain = await chainOf(invitation('ticket', { roles: [], notAfterMs: Number.MAX_SAFE_INTEGER }))
    const invitationKey = new Uint8Array(32).fill(7)
    const text = encodeTicket({ cluster: 'atlas', chain, invitationKey, addresses: [], secret: undefined })
    expect(new Date(decodeTicket(text).expiresAtMs).toISOString()).toBe('+275760-09-13T00:00:00.000Z')
  })
})
