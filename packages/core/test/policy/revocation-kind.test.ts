import { beforeEach, describe, expect, it } from 'vitest'
import { idOf, signedFact, testTag } from '../../../../test/helpers/signed-facts.ts'
import type { GrantChain } from '../../src/grants/grant-chain.ts'
import { MemberGrants } from '../../src/grants/member-grants.ts'
import { maxFactsOfAuthor, maxPolicyFacts, PolicySet } from '../../src/policy/policy-set.ts'
import { applyRevocations, endOfAdminsRevocations, revocationKind } from '../../src/policy/revocation-kind.ts'
import type { PolicyFact } from '../../src/wire/fact.ts'
import { authority, chainOf, dayMs, invitation, member, verifier } from '../grants/issued-chains.ts'

const admin = { roles: ['admin'], mayInvite: true, notAfterMs: 30 * dayMs }
const bossChain = () => chainOf(invitation('ticket of boss', admin), member('boss', admin))

interface Revoking {
  readonly untilMs: number
  readonly atMs: number
  readonly author?: string
  readonly chain?: GrantChain
}

function revocation(subject: string, { untilMs, atMs, author = authority, chain }: Revoking): PolicyFact {
  return signedFact(author, {
    type: 'revocation',
    subject: idOf(subject),
    untilEpochMs: untilMs,
    epochMs: atMs,
    grants: chain?.bytes ?? new Uint8Array(),
  }) as PolicyFact
}

let grants: MemberGrants
let set: PolicySet
/** @returns the outcome */
const merge = (fact: PolicyFact, atMs: number): string => {
  const outcome = set.merge(fact, atMs)
  applyRevocations(set, grants)
  return outcome
}

beforeEach(() => {
  grants = new MemberGrants({ authority, cluster: testTag, keys: verifier })
  set = new PolicySet({ kinds: { revocation: revocationKind(grants) }, authority })
})

describe('the revocations of an admin that the authority has revoked', () => {
  it('leave the set, and never count again, whenever they arrive', async () => {
    const long = { notAfterMs: 300 * dayMs }
    const guest = await chainOf(invitation('ticket', long), member('guest', long))
    const boss = { author: idOf('boss'), chain: await bossChain() }
    const first = revocation('guest', { untilMs: 1_000 * dayMs, atMs: dayMs, ...boss })
    expect(merge(first, dayMs)).toBe('merged')
    expect(grants.isCurrent(guest, dayMs)).toBe(false)
    const untilMs = endOfAdminsRevocations(admin.notAfterMs)
    expect(merge(revocation('ticket of boss', { untilMs, atMs: 2 * dayMs }), 2 * dayMs)).toBe('merged')
    expect(set.size).toBe(1)
    for (const nowMs of [3 * dayMs, 31 * dayMs, 290 * dayMs]) {
      const again = revocation('guest', { untilMs: nowMs + 1_000 * dayMs, atMs: dayMs, ...boss })
      for (const fact of [first, again]) expect(merge(fact, nowMs)).toBe('rejected')
      set.sweep(nowMs)
      applyRevocations(set, grants)
      expect(grants.isCurrent(guest, nowMs)).toBe(true)
    }
  })

  it('cannot last longer than the revocation of this admin', async () => {
    const boss = { author: idOf('boss'), chain: await bossChain() }
    const last = { atMs: admin.notAfterMs, ...boss }
    const longest = endOfAdminsRevocations(admin.notAfterMs)
    expect(merge(revocation('guest', { untilMs: longest, ...last }), 30 * dayMs)).toBe('rejected')
  })

  it('take no place from those of other admins', async () => {
    const identities = maxPolicyFacts / maxFactsOfAuthor
    for (let i = 0; i < identities; i++) {
      const author = idOf(`boss ${i}`)
      const chain = await chainOf(invitation('ticket of boss', admin), member(`boss ${i}`, admin))
      for (let j = 0; j < maxFactsOfAuthor; j++)
        set.merge(revocation(`${i} ${j}`, { untilMs: 900 * dayMs, atMs: dayMs, author, chain }), dayMs)
    }
    expect(set.size).toBe(maxPolicyFacts)
    const chain = await chainOf(invitation('another ticket', admin), member('ada', admin))
    const honest = revocation('guest', { untilMs: 20 * dayMs, atMs: dayMs, author: idOf('ada'), chain })
    expect(merge(honest, dayMs)).toBe('rejected')
    const untilMs = endOfAdminsRevocations(admin.notAfterMs)
    merge(revocation('ticket of boss', { untilMs, atMs: dayMs }), dayMs)
    expect(merge(honest, dayMs)).toBe('merged')
  })
})

describe('two revocations of one subject by one author', () => {
  it('count as the one that is kept longer, in whichever order they arrive', () => {
    const [short, long] = [10 * dayMs, 20 * dayMs].map(untilMs =>
      revocation('guest', { untilMs, atMs: dayMs }),
    )
    if (!short || !long) throw new Error('there are two')
    expect([short, long, short].map(fact => merge(fact, dayMs))).toEqual(['merged', 'merged', 'known'])
    expect(set.registers().map(({ fact }) => fact)).toEqual([long])
  })
})
