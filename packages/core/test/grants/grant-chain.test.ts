import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { readChain } from '../../src/grants/grant-chain.ts'
import { encodeGrants, type Grant } from '../../src/wire/grant.ts'
import { authority, chainOf, dayMs, invitation, member } from './issued-chains.ts'

const admin = { roles: ['admin', 'dev'], mayInvite: true }

describe('a chain of grants', () => {
  it.each<[string, readonly Grant[]]>([
    ['the founder', [member('founder', admin)]],
    ['an invited member', [invitation('ticket', { roles: ['dev'] }), member('ada', { roles: ['dev'] })]],
    ['a member with fewer roles than its ticket', [invitation('ticket', { roles: ['dev'] }), member('ada')]],
    ['an invited admin', [invitation('ticket', admin), member('ada', admin)]],
    [
      'a member that an invited admin invited',
      [
        invitation('ticket', admin),
        member('ada', admin),
        invitation('second ticket', { roles: ['dev', 'reader'] }),
        member('bob', { roles: ['dev', 'reader'] }),
      ],
    ],
  ])('leads to %s', async (_, grants) => {
    const chain = await chainOf(...grants)
    expect(readChain(chain.bytes, authority)).toEqual({ ok: true, value: chain })
    expect(chain.last).toMatchObject(grants.at(-1) ?? {})
  })

  it.each<[string, readonly Grant[]]>([
    ['the issuer lacks a role', [invitation('ticket'), member('ada', { roles: ['dev'] })]],
    ['a role', [invitation('ticket', { roles: ['dev'] }), member('ada', { roles: ['admin'] })]],
    ['lacks a role', [invitation('ticket', { roles: ['reader'] }), member('ada', { roles: [] })]],
    ['outlasts', [invitation('ticket'), member('ada', { notAfterMs: 10 * dayMs + 1 })]],
    ['alternate', [member('founder', admin), member('ada')]],
    ['alternate', [invitation('ticket'), invitation('another')]],
    ['has invited', [member('ada', { roles: ['admin'] }), invitation('ticket')]],
    ['has invited', [invitation('ticket'), member('ada'), invitation('another')]],
    ["only the authority grants 'admin'", [member('ada', admin), invitation('ticket', { roles: ['admin'] })]],
    ["has the role 'admin'", [invitation('ticket', { mayInvite: true })]],
    [
      'pass on the right',
      [invitation('ticket', { roles: ['admin'] }), member('ada', { roles: ['admin'], mayInvite: true })],
    ],
  ])('is refused: %s', async (message, grants) => {
    await expect(chainOf(...grants)).rejects.toThrow(message)
  })

  it('ends after four grants', async () => {
    const long = await chainOf(
      invitation('ticket', admin),
      member('ada', admin),
      invitation('second'),
      member('bob'),
    )
    const first = long.grants[0]
    const bytes = encodeGrants(first ? [...long.grants, first] : [])
    expect(readChain(bytes, authority)).toMatchObject({ ok: false })
  })

  it('is refused if its roles are not ordered, or have other characters', async () => {
    for (const roles of [['dev', 'admin'], ['dev', 'dev'], ['Dev'], [''], ['x'.repeat(33)]]) {
      const { bytes } = await chainOf(invitation('ticket', { roles }))
      expect(readChain(bytes, authority)).toMatchObject({ ok: false })
    }
  })

  it('is no chain if it is something else', () => {
    for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(2_000)])
      expect(readChain(bytes, idOf('authority'))).toMatchObject({ ok: false })
  })
})
