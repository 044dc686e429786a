import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import { extendChain } from '../../src/grants/grant-chain.ts'
import { decodeTicketText, encodeTicket } from '../../src/grants/ticket-codec.ts'
import {
  type Cluster,
  createAuthority,
  decodeTicket,
  type JoinOptions,
  joinCluster,
} from '../../src/index.ts'
import { nodeKeys } from '../../src/libp2p/node/keys.ts'
import { keyOfSeed } from '../../src/libp2p/seed-keys.ts'
import { memberIdFromKey } from '../../src/wire/member-id.ts'
import { clusterTag } from '../../src/wire/tags.ts'

const members: Cluster[] = []
afterEach(async () => {
  await Promise.all(members.splice(0).map(member => member.leave()))
})

const local = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false } as const

async function join(options: JoinOptions): Promise<Cluster> {
  const member = await joinCluster({ ...local, ...options })
  members.push(member)
  return member
}

async function founded(cluster: string): Promise<Cluster> {
  const { key } = await createAuthority()
  return await join({ cluster, authority: key, name: 'founder' })
}

const shown = (cluster: Cluster, { id }: { id: string }) =>
  cluster.members.getSnapshot().find(member => member.id === id)

const sees = (cluster: Cluster, { self }: Cluster) =>
  until(cluster.members, () => shown(cluster, self)?.status === 'alive')

describe('a cluster with an authority', () => {
  it('is joined with a ticket alone, and shows roles', async () => {
    const founder = await founded('by ticket')
    expect(founder.self.roles).toEqual(['admin'])
    const { ticket, id } = await founder.invite({ roles: ['operator', 'dev'] })
    expect(decodeTicket(ticket)).toMatchObject({
      cluster: 'by ticket',
      invitation: id,
      roles: ['dev', 'operator'],
    })
    const ada = await join({ ticket, name: 'ada' })
    await Promise.all([sees(founder, ada), sees(ada, founder)])
    expect(ada.self.roles).toEqual(['dev', 'operator'])
    expect(shown(founder, ada.self)?.roles).toEqual(['dev', 'operator'])
    expect(shown(ada, founder.self)?.roles).toEqual(['admin'])
  })

  it('keeps the founder when its clock, which was never set at its start, is set', async () => {
    const realNow = Date.now
    const startedMs = realNow()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => realNow() - startedMs)
    const founder = await founded('no battery')
    await expect(founder.invite()).rejects.toThrow('invite: the clock of this machine was never set.')
    clock.mockRestore()
    const { ticket } = await founder.invite()
    const ada = await join({ ticket, name: 'ada' })
    await Promise.all([sees(founder, ada), sees(ada, founder)])
    expect(founder.health.getSnapshot().grantsEnd).toBeUndefined()
  })

  it('refuses peers without a ticket, with a ticket of another authority, or with the cluster name alone', async () => {
    const founder = await founded('closed')
    const other = await founded('closed')
    const { ticket } = await other.invite({ addresses: founder.self.addresses })
    const bootstrap = founder.self.addresses
    const strangers = [await join({ cluster: 'closed', bootstrap }), await join({ ticket, bootstrap })]
    await Promise.all(
      strangers.map(({ health }) => until(health, ({ admissionError }) => admissionError !== undefined)),
    )
    for (const { members } of [founder, ...strangers]) expect(members.getSnapshot()).toHaveLength(1)
  })

  it('admits none of 40 joins with a ticket that ended, is for another cluster, or was changed', {
    timeout: 240_000,
  }, async () => {
    const { key, id } = await createAuthority()
    const founder = await join({ cluster: 'forty', authority: key, name: 'founder' })
    const other = await join({ cluster: 'another', authority: key })
    const addresses = founder.self.addresses
    const valid = (await founder.invite()).ticket
    const revoked = await founder.invite()
    await founder.revoke(revoked.id)
    const changed = decodeTicketText(valid)
    if (!changed.ok) throw new Error('not a ticket')
    const bytes = changed.value.chain.bytes.slice()
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    const invitationKey = crypto.getRandomValues(new Uint8Array(32))
    const expired = await extendChain(
      {
        subject: memberIdFromKey((await keyOfSeed(invitationKey)).publicKey.raw) ?? '',
        isInvitation: true,
        roles: [],
        notAfterMs: Date.now() - 3_600_000,
        mayInvite: false,
      },
      { authority: id, cluster: clusterTag('forty'), issuer: nodeKeys(await keyOfSeed(key)) },
    )
    if (!expired.ok) throw new Error(expired.failure.detail)
    const tickets = [
      revoked.ticket,
      (await other.invite({ addresses })).ticket,
      encodeTicket({ ...changed.value, chain: { ...changed.value.chain, bytes } }),
      encodeTicket({ ...changed.value, chain: expired.value, invitationKey }),
    ]
    for (const ticket of tickets)
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const member = await joinCluster({ ...local, ticket, bootstrap: addresses }).catch(() => undefined)
          if (!member) return
          const { health } = member
          await until(health, ({ admissionError }) => admissionError !== undefined)
          expect(member.members.getSnapshot()).toHaveLength(1)
          await member.leave()
        }),
      )
    expect(founder.members.getSnapshot()).toHaveLength(1)
    expect(founder.health.getSnapshot().refusedConnections).toBeGreaterThanOrEqual(20)
    await sees(founder, await join({ ticket: valid }))
  })

  it('removes a revoked member everywhere and informs it why, and removes all other members that used the ticket', async () => {
    const founder = await founded('revoking')
    const [first, second] = [await founder.invite(), await founder.invite()]
    const ada = await join({ ticket: first.ticket, name: 'ada' })
    const bob = await join({ ticket: second.ticket, name: 'bob' })
    const eve = await join({ ticket: second.ticket, name: 'eve' })
    const all = [founder, ada, bob, eve]
    await Promise.all(all.flatMap(one => all.map(other => sees(one, other))))
    const left: string[] = []
    ada.events.addEventListener('leave', ({ detail }) => void left.push(`${detail.name} ${detail.status}`))
    await founder.revoke(second.id)
    const isGone = (member: Cluster) => until(ada.members, () => shown(ada, member.self) === undefined)
    await Promise.all([isGone(bob), isGone(eve)])
    expect(left.sort()).toEqual(['bob left', 'eve left'])
    for (const { health } of [bob, eve])
      await until(health, ({ grantsEnd }) => grantsEnd === 'ticket-revoked')
    expect(bob.health.getSnapshot().problems[0]).toMatchObject({ name: 'not-a-member' })
    await founder.revoke(ada.self.id)
    await until(founder.members, members => members.length === 1)
    await until(ada.health, ({ grantsEnd }) => grantsEnd === 'revoked')
    await bob.renew((await founder.invite({ roles: ['dev'] })).ticket)
    await until(founder.members, () => shown(founder, bob.self)?.roles.join() === 'dev')
  })

  it('informs a member that was away that it was revoked, and starts it with its renewed grants', async () => {
    const founder = await founded('away')
    const [first, second] = [await founder.invite(), await founder.invite({ expiresInMs: 3_600_000 })]
    const storage = mkdtempSync(pathOf(tmpdir(), 'hearsay-away-'))
    const options = { ticket: first.ticket, name: 'ada', storage }
    const ada = await join(options)
    await sees(founder, ada)
    await ada.leave()
    await founder.revoke(first.id)
    const back = await join(options)
    await until(back.health, ({ grantsEnd }) => grantsEnd === 'ticket-revoked')
    expect(back.health.getSnapshot().problems[0]).toMatchObject({
      name: 'not-a-member',
      text: expect.stringMatching(/its ticket was revoked.*`renew`/),
    })
    expect(await back.explain(back.self.id)).toMatchObject({
      facts: expect.arrayContaining([
        'This member is no longer in its cluster, because its ticket was revoked.',
      ]),
      hint: expect.stringContaining('`renew`'),
    })
    await back.renew(second.ticket)
    await sees(founder, back)
    await back.leave()
    // The renewed grants end earlier than those of the revoked ticket.
    const again = await join(options)
    await sees(founder, again)
    expect(again.health.getSnapshot().grantsEnd).toBeUndefined()
    await again.leave()
    rmSync(storage, { recursive: true, force: true })
  })

  it('lets an admin invite and revoke within its grants, and nobody else', async () => {
    const founder = await founded('admins')
    const { ticket } = await founder.invite({ roles: ['admin', 'dev'], mayInvite: true })
    const admin = await join({ ticket, name: 'admin' })
    await expect(admin.invite({ roles: ['operator'] })).rejects.toThrow('lacks a role')
    await expect(admin.invite({ roles: ['admin'] })).rejects.toThrow('only the authority')
    const dev = await join({ ticket: (await admin.invite({ roles: ['dev'] })).ticket, name: 'dev' })
    const all = [founder, admin, dev]
    await Promise.all(all.flatMap(one => all.map(other => sees(one, other))))
    await expect(dev.invite()).rejects.toThrow('may not invite')
    await expect(dev.revoke(admin.self.id)).rejects.toThrow('may not revoke')
    await expect(admin.revoke(founder.self.id)).rejects.toThrow('only the authority')
    await admin.revoke(dev.self.id)
    await until(founder.members, () => shown(founder, dev.self) === undefined)
  })
})
