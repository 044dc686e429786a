import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { afterEach, describe, it, type TestContext } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import { createAuthority } from '../../src/index.ts'
import type { JoinOptions } from '../../src/libp2p/join-options.ts'
import { join, leaveAll, loopback } from './members.ts'

const folders: string[] = []
afterEach(async () => {
  await leaveAll()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-revocation-'))
  folders.push(folder)
  return folder
}

const idsOf = ({ members }: Cluster) =>
  members
    .getSnapshot()
    .filter(({ status }) => status === 'alive')
    .map(({ id }) => id)
    .sort()

/** Resolves when each of these members sees exactly these, itself included. */
async function untilSee(members: readonly Cluster[], seen: readonly Cluster[]): Promise<void> {
  const ids = seen.map(({ self }) => self.id).sort()
  await Promise.all(members.map(member => until(member.members, () => idsOf(member).join() === ids.join())))
}

/** Resolves when none of these members is connected to a revoked one, and lists none. @returns the milliseconds */
async function untilWithout(members: readonly Cluster[], revoked: readonly Cluster[]): Promise<number> {
  const startedMs = performance.now()
  await Promise.all(
    members.map(member =>
      until(member.members, all => !all.some(({ id }) => revoked.some(({ self }) => self.id === id))),
    ),
  )
  for (const member of members)
    for (const { self } of revoked)
      while ((await member.explain(self.id)).connected) await new Promise(resolve => setTimeout(resolve, 5))
  return performance.now() - startedMs
}

/** How to start a member again, from its store and at its address. */
interface Stored {
  readonly options: JoinOptions
  readonly cluster: Cluster
}

async function stored(options: JoinOptions): Promise<Stored> {
  const storage = newFolder()
  const cluster = await join({ ...options, storage })
  const port = cluster.self.addresses[0]?.match(/tcp\/(\d+)/)?.[1] ?? '0'
  return { options: { ...options, storage, listen: [loopback.replace(/0$/, port)] }, cluster }
}

/** Eight members: the founder, an admin, and six that joined in three ways. */
interface Company {
  readonly founder: Stored
  readonly admin: Stored
  /** Joined by the same invitation, which stays valid. */
  readonly together: readonly [Stored, Stored, Stored]
  /** Joined by an invitation that is revoked. */
  readonly guest: Stored
  /** Joined by invitations of the admin. */
  readonly ofAdmin: readonly [Stored, Stored]
  readonly guestInvitation: string
}

async function company(cluster: string): Promise<Company> {
  const { key } = await createAuthority()
  const founder = await stored({ cluster, authority: key, name: 'founder' })
  const invited = async (inviter: Stored, name: string, options = {}) => {
    const { ticket, id } = await inviter.cluster.invite(options)
    return { id, member: await stored({ ticket, name }) }
  }
  const { member: admin } = await invited(founder, 'admin', { roles: ['admin'], mayInvite: true })
  const { ticket } = await founder.cluster.invite()
  const together = [
    await stored({ ticket, name: 'one' }),
    await stored({ ticket, name: 'two' }),
    await stored({ ticket, name: 'three' }),
  ] as const
  const { member: guest, id: guestInvitation } = await invited(founder, 'guest')
  const ofAdmin = [
    (await invited(admin, 'hired')).member,
    (await invited(admin, 'hired too')).member,
  ] as const
  const all = [founder, admin, ...together, guest, ...ofAdmin].map(each => each.cluster)
  await untilSee(all, all)
  return { founder, admin, together, guest, ofAdmin, guestInvitation }
}

const report = ({ annotate }: TestContext, text: string, ms: number) =>
  annotate(`${text}: ${Math.round(ms)} ms`)

describe('a revocation in a cluster of 8', { timeout: 240_000 }, () => {
  it('of a member, an invitation, or an admin with all that it invited, reaches every member', async context => {
    const { founder, admin, together, guest, ofAdmin, guestInvitation } = await company('revoked')
    const [one, two, three] = together.map(({ cluster }) => cluster) as [Cluster, Cluster, Cluster]
    const { cluster: first } = founder
    const invited = ofAdmin.map(({ cluster }) => cluster)

    const others = [first, admin.cluster, two, three, guest.cluster, ...invited]
    const ofMember = untilWithout(others, [one])
    await first.revoke(one.self.id)
    await report(context, 'a member', await ofMember)
    await until(one.health, ({ grantsEnd }) => grantsEnd === 'revoked')

    const remaining = [first, admin.cluster, two, three, ...invited]
    const ofInvitation = untilWithout(remaining, [guest.cluster])
    await first.revoke(guestInvitation)
    await report(context, 'an invitation', await ofInvitation)
    await until(guest.cluster.health, ({ grantsEnd }) => grantsEnd === 'ticket-revoked')

    const ofAnAdmin = untilWithout([first, two, three], [admin.cluster, ...invited])
    await first.revoke(admin.cluster.self.id)
    await report(context, 'an admin and two members that it invited', await ofAnAdmin)
    for (const { health } of [admin.cluster, ...invited])
      await until(health, ({ grantsEnd }) => grantsEnd !== undefined)
    await untilSee([first, two, three], [first, two, three])
  })

  it('counts for members that were away, also if a revoked one reaches them first, and after a restart of all', async context => {
    const { founder, admin, together, guest, ofAdmin, guestInvitation } = await company('away')
    const [one, two, three] = together
    // Neither knows of a revocation: each has only what its store contains.
    const revoked = [one, guest, ...ofAdmin]
    await Promise.all([three, ...revoked].map(({ cluster }) => cluster.leave()))
    await founder.cluster.revoke(one.cluster.self.id)
    await founder.cluster.revoke(guestInvitation)
    await founder.cluster.revoke(admin.cluster.self.id)
    await untilWithout([founder.cluster, two.cluster], [admin.cluster])

    const toThree = three.cluster.self.addresses
    const back = await Promise.all(revoked.map(({ options }) => join({ ...options, bootstrap: toThree })))
    const startedMs = performance.now()
    const third = await join({ ...three.options, bootstrap: founder.cluster.self.addresses })
    await untilSee([third], [founder.cluster, two.cluster, third])
    await untilWithout([third], back)
    await report(context, 'a member that was away', performance.now() - startedMs)
    await untilSee([founder.cluster, two.cluster], [founder.cluster, two.cluster, third])

    const honest = [founder, two, three]
    await Promise.all([founder.cluster, two.cluster, third, ...back].map(member => member.leave()))
    // The founder stays away: the others know the revocations from their stores.
    const again = await Promise.all([...revoked, ...honest.slice(1)].map(({ options }) => join(options)))
    const [second, last] = again.slice(-2) as [Cluster, Cluster]
    await untilSee([second, last], [second, last])
    // They learn it from the members that refuse them.
    for (const { health } of again.slice(0, -2))
      await until(health, ({ grantsEnd }) => grantsEnd !== undefined)
    await untilSee([second, last], [second, last])
    const founded = await join(founder.options)
    await untilSee([founded, second, last], [founded, second, last])
  })
})
