import { describe, expect, it } from 'vitest'
import { idOf, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { clockToleranceMs } from '../../src/grants/member-grants.ts'
import type { PolicyFact } from '../../src/wire/fact.ts'
import { GrantedMachine, self, startEpochMs } from '../grants/granted-machine.ts'
import { authority, chainOf, dayMs, invitation, member } from '../grants/issued-chains.ts'

const ada = idOf('ada')
const soon = { notAfterMs: startEpochMs + dayMs }

async function withAda(): Promise<GrantedMachine> {
  const founder = await GrantedMachine.start()
  const { bytes } = await chainOf(invitation('ticket', soon), member('ada', soon))
  founder.receive(ada, bytes)
  founder.handle({ type: 'connection', id: ada, state: 'open' })
  founder.takeEffects()
  return founder
}

describe('an expelled member', () => {
  it('disappears with a leave at once, learns why, and is disconnected', async () => {
    const founder = await withAda()
    expect(founder.members).toContain(ada)
    founder.revoke(idOf('ticket'), startEpochMs + 2 * dayMs)
    const sent = founder.effects.flatMap(effect => (effect.type === 'send-sync' ? [effect] : []))
    expect(sent.at(-1)).toMatchObject({ to: ada, message: { facts: [{ type: 'revocation' }] } })
    const effects = founder.takeEffects()
    for (const effect of ['leave', 'changed', 'disconnect', 'review-connections'])
      expect(effects).toContain(effect)
    expect(founder.members).toEqual([self])
  })

  it('does not come back with the same grants, and is back with others', async () => {
    const founder = await withAda()
    const old = await chainOf(invitation('ticket', soon), member('ada', soon))
    founder.revoke(idOf('ticket'), startEpochMs + 2 * dayMs)
    founder.receive(ada, old.bytes, startEpochMs + 1)
    expect(founder.members).toEqual([self])
    expect(founder.machine.health().refusedFacts['no-grant']).toBeGreaterThan(0)
    const later = await chainOf(invitation('second ticket', soon), member('ada', soon))
    founder.receive(ada, later.bytes, startEpochMs + 2)
    expect(founder.members).toContain(ada)
  })

  it('is one whose grants expire, five minutes later', async () => {
    const founder = await withAda()
    expect(founder.machine.deadlineMs()).toBeLessThanOrEqual(dayMs + clockToleranceMs + 1)
    const { epochMs } = founder.now
    founder.now = {
      monotonicMs: dayMs + clockToleranceMs - 1,
      epochMs: epochMs + dayMs + clockToleranceMs - 1,
    }
    founder.advance(1)
    expect(founder.members).toContain(ada)
    founder.advance(1)
    expect(founder.members).toEqual([self])
  })

  it('may be a peer without a record: its connection is reviewed every 30 s', async () => {
    const founder = await GrantedMachine.start()
    founder.takeEffects()
    founder.advance(30_000)
    expect(founder.takeEffects()).toContain('review-connections')
  })

  it('stays expelled when the revocation arrives before its record', async () => {
    const founder = await GrantedMachine.start()
    founder.revoke(ada, startEpochMs + 2 * dayMs)
    founder.receive(ada, (await chainOf(invitation('ticket', soon), member('ada', soon))).bytes)
    expect(founder.members).toEqual([self])
  })
})

describe('renewed grants', () => {
  const later = { notAfterMs: startEpochMs + 3 * dayMs }

  it('keep a member when its first ticket is revoked, and no record with the first ones comes back', async () => {
    const founder = await withAda()
    const renewed = await chainOf(invitation('later ticket', later), member('ada', later))
    founder.receive(ada, renewed.bytes, startEpochMs + 1)
    founder.revoke(idOf('ticket'), startEpochMs + 2 * dayMs)
    expect(founder.members).toContain(ada)
    const first = await chainOf(invitation('ticket', soon), member('ada', soon))
    founder.receive(ada, first.bytes, startEpochMs + 2)
    expect(founder.machine.table.get(ada)?.record.record.grants).toEqual(renewed.bytes)
    expect(founder.machine.health().refusedFacts['no-grant']).toBeGreaterThan(0)
  })

  it('that were revoked do not come back by an older record, nor when the revocation is forgotten', async () => {
    const founder = await withAda()
    const renewed = await chainOf(invitation('later ticket', later), member('ada', later))
    founder.receive(ada, renewed.bytes, startEpochMs + 1)
    founder.revoke(ada, startEpochMs + 4 * dayMs)
    const first = await chainOf(invitation('ticket', soon), member('ada', soon))
    for (const { bytes } of [first, renewed]) founder.receive(ada, bytes, startEpochMs + 2)
    expect(founder.members).toEqual([self])
    founder.advance(5 * dayMs)
    for (let i = 0; i < 10; i++) founder.advance(60_000)
    expect(founder.machine.policy.size).toBe(0)
    for (const { bytes } of [first, renewed]) founder.receive(ada, bytes, startEpochMs + 5 * dayMs)
    expect(founder.members).toEqual([self])
  })
})

describe('a revocation', () => {
  it('does not count if an id without the role admin wrote it', async () => {
    const founder = await withAda()
    const eve = await chainOf(invitation('another ticket', soon), member('eve', soon))
    founder.revoke(ada, startEpochMs + 2 * dayMs, idOf('eve'), eve)
    founder.revoke(ada, startEpochMs + 2 * dayMs, idOf('eve'))
    expect(founder.members).toContain(ada)
    expect(founder.machine.policy.size).toBe(0)
  })

  it('of an admin counts, but not against another admin', async () => {
    const founder = await withAda()
    const boss = await chainOf(member('boss', { ...soon, roles: ['admin'] }))
    founder.revoke(self, startEpochMs + 2 * dayMs, idOf('boss'), boss)
    expect(founder.machine.health().grantsEnd).toBeUndefined()
    founder.revoke(ada, startEpochMs + 2 * dayMs, idOf('boss'), boss)
    expect(founder.members).toEqual([self])
  })

  it('of an admin does not count if its grants are not signed, and counts against the peer that sent it', async () => {
    const founder = await withAda()
    const boss = await chainOf(member('boss', { ...soon, roles: ['admin'] }))
    const bytes = boss.bytes.slice()
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    founder.revoke(ada, startEpochMs + 2 * dayMs, idOf('boss'), { ...boss, bytes })
    expect(founder.members).toContain(ada)
    expect(founder.violations).toEqual(['bad-signature'])
  })
})

describe('after the local clock was wrong', () => {
  it('expels members by their dates again, once it is set back', async () => {
    const founder = await withAda()
    const { now } = founder
    founder.now = { monotonicMs: now.monotonicMs + 1_000, epochMs: startEpochMs * 3 }
    founder.advance(0)
    expect(founder.machine.health().grantsEnd).toBe('expired')
    founder.now = { monotonicMs: now.monotonicMs + 2_000, epochMs: now.epochMs + 2_000 }
    founder.advance(0)
    expect(founder.machine.health().grantsEnd).toBeUndefined()
    expect(founder.members).toContain(ada)
    founder.advance(dayMs + clockToleranceMs)
    expect(founder.members).toEqual([self])
  })

  it('keeps the stored revocations of a start with a clock that is days behind', async () => {
    const founder = await GrantedMachine.start()
    const revoked = signedFact(authority, {
      type: 'revocation',
      subject: ada,
      untilEpochMs: startEpochMs + 2 * dayMs,
      epochMs: startEpochMs,
      grants: new Uint8Array(),
    }) as PolicyFact
    founder.machine.restorePolicy([revoked], { monotonicMs: 0, epochMs: startEpochMs - 10 * dayMs })
    expect(founder.machine.policy.size).toBe(1)
    const { bytes } = await chainOf(invitation('ticket', soon), member('ada', soon))
    founder.receive(ada, bytes)
    expect(founder.members).toEqual([self])
  })
})

describe('a member whose own grants have ended', () => {
  it('says why, disconnects, and dials and sends nothing', async () => {
    const founder = await withAda()
    founder.revoke(self, startEpochMs + 2 * dayMs)
    expect(founder.machine.health().grantsEnd).toBe('revoked')
    expect(founder.takeEffects()).toContain('disconnect')
    for (let i = 0; i < 100; i++) founder.advance(1_000)
    expect(founder.takeEffects()).toEqual([])
  })
})
