import { describe, expect, it } from 'vitest'
import { InvalidOptionsError } from '../../src/api/errors.ts'
import { checkInvite } from '../../src/api/invitation.ts'

const nowMs = 1_700_000_000_000
const minuteMs = 60_000
const yearsMs = 315_576_000_000

describe('the end of an invitation', () => {
  it('is 30 days from now, unless the app gives a time or a date', () => {
    expect(checkInvite({}, nowMs).expiresAtMs).toBe(nowMs + 30 * 86_400_000)
    expect(checkInvite({ expiresInMs: minuteMs }, nowMs).expiresAtMs).toBe(nowMs + minuteMs)
    expect(checkInvite({ expiresAtMs: nowMs + yearsMs }, nowMs).expiresAtMs).toBe(nowMs + yearsMs)
  })

  it.each([null, '60000', 1n, Symbol('time'), {}, Number.NaN, minuteMs - 1, yearsMs + 1, minuteMs + 0.5])(
    'is never %s ms from now',
    expiresInMs => {
      const options = { expiresInMs: expiresInMs as number }
      expect(() => checkInvite(options, nowMs)).toThrow(InvalidOptionsError)
      expect(() => checkInvite(options, nowMs)).toThrow(/^invite: expiresInMs: give whole milliseconds/)
      expect(() => checkInvite({ expiresAtMs: expiresInMs as number }, nowMs)).toThrow(/^invite: expiresAtMs/)
    },
  )
})
