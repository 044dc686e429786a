/** The secret of a cluster with an authority is replaced while members run: over TCP, on loopback. */
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import { InvalidOptionsError, NotAllowedError } from '../../src/api/errors.ts'
import { decodeTicketText } from '../../src/grants/ticket-codec.ts'
import { createAuthority, decodeTicket } from '../../src/index.ts'
import { join, leaveAll, loopback, untilAllSee } from './members.ts'

const [first, second] = ['the first secret of this cluster', 'the second secret of this cluster'] as const
const listen = [loopback]

afterEach(leaveAll)

/** Waits until each member has these keys, the primary one first. */
async function untilKeys(members: readonly Cluster[], ...fingerprints: string[]): Promise<void> {
  for (const { keyring } of members)
    for (let tries = 0; ; tries++) {
      const listed = (await keyring.list()).map(({ fingerprint }) => fingerprint)
      if (listed.join() === fingerprints.join()) break
      if (tries > 300) throw new Error('the keys did not arrive')
      await new Promise(resolve => setTimeout(resolve, 100))
    }
}

/** Removes a key. On a busy machine, members may answer too late to the question which keys they have. */
async function removed({ keyring }: Cluster, key: string): Promise<void> {
  for (let tries = 0; ; tries++)
    try {
      return await keyring.remove(key)
    } catch (error) {
      if (!(error instanceof InvalidOptionsError) || tries > 30) throw error
    }
}

const contentOf = (ticket: string) => {
  const decoded = decodeTicketText(ticket)
  if (!decoded.ok) throw new Error(decoded.failure)
  return decoded.value
}

describe('the keys of a cluster with an authority', { timeout: 300_000 }, () => {
  it('are replaced by the authority alone: nobody is suspected, and older tickets admit nobody', async () => {
    const { key: authority } = await createAuthority()
    const founder = await join({ cluster: 'keys', authority, secret: first, listen, name: 'founder' })
    const { ticket: adminTicket } = await founder.invite({ roles: ['admin'], mayInvite: true })
    const { ticket: oldTicket } = await founder.invite()
    expect(contentOf(oldTicket)).toMatchObject({ key: undefined, secret: new TextEncoder().encode(first) })
    const admin = await join({ ticket: adminTicket, listen, name: 'admin' })
    const ada = await join({ ticket: oldTicket, listen, name: 'ada' })
    const running = [founder, admin, ada]
    await untilAllSee(running, 3)
    const suspects: string[] = []
    for (const { events } of running)
      for (const type of ['suspect', 'fail'] as const)
        events.addEventListener(type, ({ detail }) => suspects.push(`${type} ${detail.name}`))

    await expect(admin.keyring.add(second)).rejects.toThrow(NotAllowedError)
    await expect(admin.keyring.add(second)).rejects.toThrow("the authority's key")
    const [initial] = (await founder.keyring.list()).map(({ fingerprint }) => fingerprint)
    const added = await founder.keyring.add(second)
    await untilKeys(running, `${initial}`, added)
    await founder.keyring.use(added)
    await untilKeys(running, added, `${initial}`)
    const mayChange = running.map(async ({ keyring }) => (await keyring.holders()).mayChange)
    expect(await Promise.all(mayChange)).toEqual([true, false, false])
    // Between the two steps, an older ticket is still good.
    const bob = await join({ ticket: oldTicket, listen, name: 'bob' })
    running.push(bob)
    await untilAllSee(running, 4)
    await untilKeys(running, added, `${initial}`)
    await removed(founder, first)
    await untilKeys(running, added)
    // Longer than a connection may take to prove the new key.
    await new Promise(resolve => setTimeout(resolve, 6_000))
    expect(suspects).toEqual([])
    // On a very busy machine, a proof may come too late: the two ends then connect again.
    await Promise.all(running.map(({ health }) => until(health, ({ connections }) => connections === 3)))

    const late = await join({ ticket: oldTicket, listen, name: 'late' })
    await until(late.health, ({ problems }) =>
      problems.some(({ text }) => /secret in it was replaced.* Ask for a new ticket/.test(text)),
    )
    expect(late.members.getSnapshot()).toHaveLength(1)
    // The admin has never seen the new secret, only the key that stands for it.
    const { ticket } = await admin.invite()
    expect([contentOf(ticket).key?.length, contentOf(ticket).secret]).toEqual([32, undefined])
    expect(decodeTicket(ticket).hasSecret).toBe(true)
    const newcomer = await join({ ticket, listen, name: 'newcomer' })
    await late.renew(ticket)
    const deputy = await join({
      cluster: 'keys',
      authority,
      secret: second,
      listen,
      bootstrap: ada.self.addresses,
      name: 'deputy',
    })
    await untilAllSee([...running, newcomer, late, deputy], 7)
  })

  it('do not exist without a secret', async () => {
    const { key: authority } = await createAuthority()
    const founder = await join({ cluster: 'no keys', authority, listen })
    await expect(founder.keyring.list()).rejects.toThrow('no secret')
    expect(contentOf((await founder.invite()).ticket).key).toBeUndefined()
  })
})
