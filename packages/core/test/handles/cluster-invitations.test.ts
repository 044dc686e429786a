import { describe, expect, it } from 'vitest'
import { idOf, signedFact, testTag } from '../../../../test/helpers/signed-facts.ts'
import type { GrantChain } from '../../src/grants/grant-chain.ts'
import { MemberGrants } from '../../src/grants/member-grants.ts'
import { revoke } from '../../src/handles/cluster-invitations.ts'
import { maxFactsOfAuthor, PolicySet } from '../../src/policy/policy-set.ts'
import { applyRevocations, revocationKind } from '../../src/policy/revocation-kind.ts'
import type { Engine } from '../../src/runtime/engine.ts'
import type { PolicyFact } from '../../src/wire/fact.ts'
import { authority, chainOf, dayMs, member, signerOf, verifier } from '../grants/issued-chains.ts'

const self = idOf('ada')
const startMs = 1_700_000_000_000

/** The parts of a member that `revoke` uses. */
class Revoking {
  readonly policy: PolicySet
  nowMs = startMs
  /** How far the clocks of the connected members are ahead. */
  peersAheadMs: number[] = []
  readonly #engine: Engine

  /** @param own the grants of this member; undefined: it has the key of the authority */
  constructor(own?: GrantChain) {
    const grants = new MemberGrants({ authority, cluster: testTag, keys: verifier })
    const policy = new PolicySet({ kinds: { revocation: revocationKind(grants) }, authority })
    this.policy = policy
    const key = own ? undefined : { id: authority, ...signerOf(authority) }
    const handle = ({ fact }: { fact: PolicyFact }) => {
      policy.merge(fact, this.nowMs, true)
      applyRevocations(policy, grants)
    }
    this.#engine = {
      self,
      cluster: testTag,
      driver: { handle },
      machine: {
        ownGrants: own?.bytes,
        table: { rows: () => [] },
        policy,
        overlay: { connected: () => this.peersAheadMs.map((_, i) => `${i}`) },
      },
      host: {
        authority: { key, grants },
        clock: { now: () => ({ monotonicMs: 0, epochMs: this.nowMs }) },
        keys: signerOf(self),
        writes: { stored: () => Promise.resolve() },
        transport: { clockAheadMs: (id: string) => this.peersAheadMs[Number(id)] ?? 0 },
      },
    } as unknown as Engine
  }

  revoke(subject: string): Promise<void> {
    return revoke(this.#engine, idOf(subject))
  }

  get revocations(): readonly PolicyFact[] {
    return this.policy.registers().map(({ fact }) => fact)
  }
}

const adminChain = () =>
  chainOf(member('ada', { roles: ['admin'], mayInvite: true, notAfterMs: startMs + 30 * dayMs }))

describe('revoke', () => {
  it('repeated changes nothing: what the member wrote in between does not count again', async () => {
    const founder = new Revoking()
    await founder.revoke('guest')
    const [first] = founder.revocations
    founder.nowMs = startMs + 2 * dayMs
    await founder.revoke('guest')
    expect(founder.revocations).toHaveLength(1)
    expect(founder.revocations[0]).toMatchObject({
      epochMs: startMs,
      subject: first?.type === 'revocation' && first.subject,
    })
  })

  it('of an unknown key by an admin lasts longer than the grants of the admin', async () => {
    const admin = new Revoking(await adminChain())
    await admin.revoke('unused invitation')
    const [fact] = admin.revocations
    expect(fact?.type === 'revocation' && fact.untilEpochMs).toBeGreaterThan(startMs + 3_650 * dayMs)
  })

  it('rejects while the clock was never set, or differs by more than a day from those of most connected members', async () => {
    const founder = new Revoking()
    founder.nowMs = 5_000
    await expect(founder.revoke('guest')).rejects.toThrow('revoke: the clock of this machine was never set.')
    founder.nowMs = startMs
    founder.peersAheadMs = [2 * dayMs, 0, 2 * dayMs]
    await expect(founder.revoke('guest')).rejects.toThrow(
      'more than a day behind those of the connected members',
    )
    founder.peersAheadMs = [-2 * dayMs, -2 * dayMs, 0]
    await expect(founder.revoke('guest')).rejects.toThrow('more than a day ahead of those of the connected')
    expect(founder.revocations).toEqual([])
    founder.peersAheadMs = [-2 * dayMs, dayMs, 0]
    await founder.revoke('guest')
    expect(founder.revocations).toHaveLength(1)
  })

  it('again replaces a revocation that was written while the clock was ahead, which other members rejected', async () => {
    const founder = new Revoking()
    founder.nowMs = startMs + 60 * dayMs
    await founder.revoke('guest')
    founder.nowMs = startMs
    await founder.revoke('guest')
    expect(founder.revocations).toMatchObject([{ epochMs: startMs }])
  })

  it('rejects if the set has no place for it', async () => {
    const own = await adminChain()
    const admin = new Revoking(own)
    for (let i = 0; i < maxFactsOfAuthor; i++) {
      const untilEpochMs = startMs + 4_000 * dayMs
      const body = { type: 'revocation', untilEpochMs, epochMs: startMs, grants: own.bytes } as const
      admin.policy.merge(signedFact(self, { ...body, subject: idOf(`${i}`) }) as PolicyFact, startMs)
    }
    await expect(admin.revoke('guest')).rejects.toThrow('no place')
    expect(admin.revocations).toHaveLength(maxFactsOfAuthor)
  })
})
