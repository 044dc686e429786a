import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import type { AdmissionSession } from '../../src/wire/admission.ts'
import { lengthBytes, openGrants, sealedLength, sealGrants } from '../../src/wire/sealed-grants.ts'

const filled = (byte: number) => new Uint8Array(32).fill(byte)
const session: AdmissionSession = {
  key: filled(1),
  cluster: new Uint8Array(16),
  initiator: idOf('ada'),
  responder: idOf('bob'),
  challenge: filled(2),
}
const nonce = filled(3)
const grants = Uint8Array.from({ length: 240 }, (_, i) => i)

const sealedBy = (of: AdmissionSession, direction: 'request' | 'answer' = 'request'): Uint8Array =>
  sealGrants(of, direction, nonce, grants) ?? new Uint8Array()

describe('sealed grants', () => {
  it('open with the admission key, in the same handshake and direction', () => {
    const sealed = sealedBy(session)
    expect(sealedLength(sealed)).toBe(sealed.length - lengthBytes)
    expect(openGrants(session, 'request', nonce, sealed.subarray(lengthBytes))).toEqual(grants)
  })

  it('do not open with anything else', () => {
    const sealed = sealedBy(session).subarray(lengthBytes)
    const open = (fields: Partial<AdmissionSession>) =>
      openGrants({ ...session, ...fields }, 'request', nonce, sealed)
    expect(open({ key: filled(9) })).toBeUndefined()
    expect(open({ challenge: filled(9) })).toBeUndefined()
    expect(open({ initiator: idOf('eve') })).toBeUndefined()
    expect(openGrants(session, 'answer', nonce, sealed)).toBeUndefined()
    expect(openGrants(session, 'request', filled(9), sealed)).toBeUndefined()
    expect(openGrants(session, 'request', nonce, sealed.subarray(1))).toBeUndefined()
  })

  it('do not show the grants', () => {
    const [sealed, other] = [session, { ...session, challenge: filled(8) }].map(each =>
      Buffer.from(sealedBy(each)),
    )
    expect(sealed?.includes(Buffer.from(grants.subarray(0, 8)))).toBe(false)
    expect(sealed).not.toEqual(other)
  })

  it('have a length within the limits', () => {
    for (const bytes of [
      [0, 0],
      [0, 16],
      [255, 255],
      [6, 81],
    ])
      expect(sealedLength(Uint8Array.from(bytes))).toBeUndefined()
    expect(sealedLength(Uint8Array.of(6, 80))).toBe(1_616)
  })
})
