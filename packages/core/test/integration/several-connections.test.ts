import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import { join, leaveAll, listenTo, untilAllSee } from './members.ts'
import { TcpProxy } from './tcp-proxy.ts'

const proxies: TcpProxy[] = []

function createProxy(): TcpProxy {
  const proxy = new TcpProxy()
  proxies.push(proxy)
  return proxy
}

afterEach(async () => {
  await leaveAll()
  for (const proxy of proxies.splice(0)) proxy.close()
})

const beatOf = (member: Cluster, other: Cluster): number =>
  member.heartbeats.getSnapshot().get(other.self.id)?.sequence ?? 0

/** Resolves when each member has received this number of further heartbeats of the other. */
async function untilHeartbeats(a: Cluster, b: Cluster, count: number): Promise<void> {
  const untilReceived = (member: Cluster, other: Cluster) => {
    const before = beatOf(member, other)
    return until(member.heartbeats, () => beatOf(member, other) >= before + count)
  }
  await Promise.all([untilReceived(a, b), untilReceived(b, a)])
}

describe('two members with several connections', { timeout: 60_000 }, () => {
  it.each([
    ['was dialled', 'far'],
    ['dialled', 'near'],
  ] as const)(
    'use the newest connection when the member that %s does not know that the older one is dead',
    async (_, end) => {
      const proxy = createProxy()
      const door = await proxy.listen()
      const dialled = await join({ cluster: 'half-open', name: 'dialled' })
      const dialler = await join({ cluster: 'half-open', name: 'dialler', bootstrap: [door] })
      proxy.open(dialled.self.addresses[0] ?? '')
      await untilAllSee([dialled, dialler], 2)
      expect(proxy.standing).toBe(1)

      const received = [dialled, dialler].map(listenTo)
      const givenUp = proxy.goSilentFor(end)
      await untilHeartbeats(dialled, dialler, 2)
      await givenUp
      dialled.update({ tags: { note: 'of the dialled' } })
      dialler.update({ tags: { note: 'of the dialler' } })
      await until(dialled.members, all => all.some(({ tags }) => tags['note'] === 'of the dialler'))
      await until(dialler.members, all => all.some(({ tags }) => tags['note'] === 'of the dialled'))
      expect(received.flat().map(({ type }) => type)).toEqual(['update', 'update'])
    },
  )

  it('keep both when they dialled each other at the same time', async () => {
    const [one, two] = [createProxy(), createProxy()]
    const [doorOfA, doorOfB] = [await one.listen(), await two.listen()]
    const a = await join({ cluster: 'at-once', name: 'a', bootstrap: [doorOfB] })
    const b = await join({ cluster: 'at-once', name: 'b', bootstrap: [doorOfA] })
    await Promise.all([one.callers(1), two.callers(1)])
    one.open(a.self.addresses[0] ?? '')
    two.open(b.self.addresses[0] ?? '')
    await untilAllSee([a, b], 2)
    const received = [a, b].map(listenTo)
    await untilHeartbeats(a, b, 2)
    expect([one.standing, two.standing]).toEqual([1, 1])
    expect(received.flat()).toEqual([])
  })
})
