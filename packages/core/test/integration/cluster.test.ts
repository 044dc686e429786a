import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import { alive, join, joinMany, leaveAll, listenTo, untilAllSee } from './members.ts'

afterEach(leaveAll)

describe('eight members over TCP and Noise', { timeout: 60_000 }, () => {
  it('all see each other', async () => {
    const members = await joinMany('eight', 8)
    await untilAllSee(members, 8)
    const names = members.map(({ self }) => self.name).sort()
    for (const { members: seen, self, health } of members) {
      expect(
        alive(seen.getSnapshot())
          .map(({ name }) => name)
          .sort(),
      ).toEqual(names)
      expect(seen.getSnapshot().find(({ id }) => id === self.id)).toBe(self)
      expect(health.getSnapshot()).toMatchObject({ visible: 8, known: 8, partitionSuspected: false })
    }
  })

  it('all receive a changed tag, and nothing else changes', async () => {
    const members = await joinMany('tags', 8)
    await untilAllSee(members, 8)
    const changed = members[3] ?? members[0]
    const { id, addresses } = changed.self
    changed.update({ tags: { role: 'leader' } })
    await Promise.all(
      members.map(({ members: store }) =>
        until(store, all => all.some(member => member.id === id && member.tags['role'] === 'leader')),
      ),
    )
    for (const { members: store } of members)
      expect(store.getSnapshot().find(member => member.id === id)).toMatchObject({ name: 'm3', addresses })
  })

  it('receive a leave as a leave, and suspect no member', async () => {
    const members = await joinMany('leave', 8)
    await untilAllSee(members, 8)
    const [leaver, ...others] = members
    const received = others.map(listenTo)
    await leaver.leave()
    await untilAllSee(others, 7)
    for (const events of received) expect(events).toMatchObject([{ type: 'leave', name: 'm0' }])
  })

  it('receive heartbeats, and explain the status of each other', async () => {
    const members = await joinMany('heartbeats', 3)
    await untilAllSee(members, 3)
    const [first, second] = members
    const { id } = second?.self ?? first.self
    await until(first.heartbeats, heartbeats => (heartbeats.get(id)?.roundTripMs ?? 0) > 0)
    expect(first.heartbeats.getSnapshot().get(id)?.sequence).toBeGreaterThan(0)
    expect(await first.explain(id)).toMatchObject({ status: 'alive', connected: true, hint: undefined })
    expect(await first.explain('unknown')).toMatchObject({ status: 'unknown', connected: false })
  })

  it('of two clusters with a common bootstrap address see their own cluster only', async () => {
    const [red] = await joinMany('red', 3)
    const bootstrap = red.self.addresses
    const blue = await join({ cluster: 'blue', name: 'b0', bootstrap })
    const blues = [
      blue,
      await join({ cluster: 'blue', name: 'b1', bootstrap: [...bootstrap, ...blue.self.addresses] }),
    ]
    await untilAllSee(blues, 2)
    await untilAllSee([red], 3)
    const received = [red, ...blues].map(listenTo)
    // Long enough for several rounds of anti-entropy and several dials.
    const other = blues[1]?.self.id ?? ''
    const sequence = blue.heartbeats.getSnapshot().get(other)?.sequence ?? 0
    await until(blue.heartbeats, heartbeats => (heartbeats.get(other)?.sequence ?? 0) > sequence)
    expect(received).toEqual([[], [], []])
    expect([red, ...blues].map(({ members }) => members.getSnapshot().length)).toEqual([3, 2, 2])
  })
})
