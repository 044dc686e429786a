import { describe, expect, it } from 'vitest'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { extendChain } from '../../src/grants/grant-chain.ts'
import { clockToleranceMs, MemberGrants } from '../../src/grants/member-grants.ts'
import type { Revocation } from '../../src/grants/revocations.ts'
import { encodeGrants } from '../../src/wire/grant.ts'
import { authority, chainOf, dayMs, invitation, member, signerOf, verifier } from './issued-chains.ts'

const ada = idOf('ada')
const admin = { roles: ['admin'], mayInvite: true }
const grantsOf = () => new MemberGrants({ authority, cluster: testTag, keys: verifier })
const revocation = (fields: Partial<Revocation>): Revocation => ({
  subject: ada,
  author: authority,
  untilMs: 10 * dayMs,
  atMs: dayMs,
  chain: undefined,
  ...fields,
})

describe('the grants of a member', () => {
  it('count until their date and five minutes', async () => {
    const chain = await chainOf(invitation('ticket', { roles: ['dev'] }), member('ada', { roles: ['dev'] }))
    const grants = grantsOf()
    expect(grants.verify(ada, chain.bytes)).toBe(true)
    expect(grants.isCurrent(chain, 10 * dayMs + clockToleranceMs)).toBe(true)
    expect(grants.isCurrent(chain, 10 * dayMs + clockToleranceMs + 1)).toBe(false)
    expect(grants.rolesAt(ada, chain.bytes, dayMs)).toEqual(['dev'])
    expect(grants.rolesAt(ada, chain.bytes, 11 * dayMs)).toBeUndefined()
  })

  it('count for their subject and their authority alone', async () => {
    const chain = await chainOf(invitation('ticket'), member('ada'))
    const grants = grantsOf()
    expect(grants.verify(idOf('eve'), chain.bytes)).toBe(false)
    expect(grants.chainOf(ada, undefined)).toBeUndefined()
    const ticket = await chainOf(invitation('ticket'))
    expect(grants.verify(idOf('ticket'), ticket.bytes)).toBe(false)
    const other = new MemberGrants({ authority: idOf('another'), cluster: testTag, keys: verifier })
    expect(other.verify(ada, chain.bytes)).toBe(false)
    const otherCluster = new MemberGrants({ authority, cluster: new Uint8Array(16), keys: verifier })
    expect(otherCluster.verify(ada, chain.bytes)).toBe(false)
  })

  it('count under one authority, also if another one has made their issuer an admin in a cluster of the same name', async () => {
    const { grants: signed } = await chainOf(member('boss', admin), invitation('ticket'), member('ada'))
    const successor = idOf('successor')
    const options = { authority: successor, cluster: testTag, issuer: signerOf(successor) }
    const boss = await extendChain(member('boss', admin), options)
    if (!boss.ok) throw new Error(boss.failure.detail)
    const mixed = encodeGrants([...boss.value.grants, ...signed.slice(1)])
    const grants = new MemberGrants({ authority: successor, cluster: testTag, keys: verifier })
    expect(grants.chainOf(ada, mixed)).toBeDefined()
    expect(grants.verify(ada, mixed)).toBe(false)
  })

  it('do not count if a byte of them was changed, unless they still say the same', async () => {
    const { bytes, grants: signed } = await chainOf(invitation('ticket'), member('ada'))
    const grants = grantsOf()
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice()
      changed[at] = (changed[at] ?? 0) ^ 1
      if (grants.verify(ada, changed)) expect(grants.chainOf(ada, changed)?.grants).toEqual(signed)
    }
  })

  it('end when the authority revokes the member, its invitation or the admin that invited it', async () => {
    const chain = await chainOf(
      invitation('ticket', admin),
      member('boss', admin),
      invitation('second'),
      member('ada'),
    )
    for (const name of ['ada', 'second', 'boss', 'ticket']) {
      const grants = grantsOf()
      grants.revocations.add(revocation({ subject: idOf(name), atMs: 3 * dayMs }))
      expect(grants.isCurrent(chain, 4 * dayMs)).toBe(false)
      expect(grants.rolesAt(ada, chain.bytes, 2 * dayMs)).toEqual([])
      expect(grants.rolesAt(ada, chain.bytes, 4 * dayMs)).toBeUndefined()
    }
  })

  it('end when an admin revokes them, until the authority revokes the admin', async () => {
    const grants = grantsOf()
    const boss = await chainOf(member('boss', admin))
    const chain = await chainOf(invitation('ticket'), member('ada'))
    grants.revocations.add(revocation({ author: idOf('boss'), chain: boss }))
    expect(grants.isCurrent(chain, dayMs)).toBe(false)
    grants.revocations.add(revocation({ subject: idOf('boss') }))
    expect(grants.isCurrent(chain, dayMs)).toBe(true)
    expect(grants.isCurrent(boss, dayMs)).toBe(false)
  })

  it('of an admin are ended by the authority only', async () => {
    const grants = grantsOf()
    const boss = await chainOf(member('boss', admin))
    const chain = await chainOf(invitation('ticket', admin), member('ada', admin))
    for (const name of ['ada', 'ticket'])
      grants.revocations.add(revocation({ subject: idOf(name), author: idOf('boss'), chain: boss }))
    expect(grants.isCurrent(chain, dayMs)).toBe(true)
  })
})
