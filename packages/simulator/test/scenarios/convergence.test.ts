import type { HeldBy } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../../src/index.ts'
import { sentOver } from '../sent-over.ts'

describe('the convergence meter', () => {
  it('shows who differs during a partition of gossip, and since when all agree', async () => {
    const simulation = createSimulation({ seed: 1, members: 40, start: 'warm' })
    await simulation.run(10_000)
    const { cluster } = simulation.member('m0')
    const stop = cluster.convergence.subscribe(() => {})
    await simulation.runUntil(() => cluster.convergence.getSnapshot().sinceMs !== undefined, {
      withinMs: 10_000,
    })
    const agreed = cluster.convergence.getSnapshot()
    expect(agreed).toMatchObject({ agreeing: 40, known: 40, differing: [], missing: [] })
    await simulation.run(20_000)
    expect(cluster.convergence.getSnapshot()).toBe(agreed)

    simulation.pause('m7', 8_000)
    await simulation.runUntil(() => cluster.convergence.getSnapshot().sinceMs === undefined, {
      withinMs: 10_000,
    })
    expect(cluster.convergence.getSnapshot().missing).toContain(simulation.member('m7').id)
    let isSettled = false
    void cluster.settled().then(() => {
      isSettled = true
    })
    await simulation.runUntil(() => isSettled, { withinMs: 60_000 })
    const { machine } = simulation.member('m0')
    const alive = simulation.running.filter(({ id }) => machine.member(id)?.status === 'alive')
    expect(alive.length).toBeGreaterThanOrEqual(39)
    for (const member of alive) expect(member.machine.table.hash()).toEqual(machine.table.hash())
    stop()
    cluster.convergence.subscribe(() => {})()
    expect(cluster.convergence.getSnapshot().known).toBe(0)
  })

  it('shows which members of a config hold an entry, and which are silent', async () => {
    const simulation = createSimulation({ seed: 1, members: 40, start: 'warm' })
    await simulation.run(10_000)
    const names = Array.from({ length: 12 }, (_, i) => `m${i}`)
    const configs = await Promise.all(names.map(name => simulation.member(name).cluster.config('flags')))
    await simulation.run(5_000)
    const others = names
      .slice(1)
      .map(name => simulation.member(name).id)
      .sort()
    const ask = async () => {
      let held: HeldBy | undefined
      void configs[0]?.heldBy().then(each => {
        held = each
      })
      await simulation.runUntil(() => held !== undefined, { withinMs: 5_000 })
      return held
    }
    void configs[0]?.set('theme', 'dark')
    await simulation.run(3_000)
    expect(await ask()).toEqual({ holding: others, differing: [], missing: [] })

    simulation.pause('m7', 8_000)
    const silent = simulation.member('m7').id
    void configs[0]?.set('theme', 'light')
    await simulation.run(1_000)
    const held = await ask()
    expect(held?.missing).toEqual([silent])
    expect(held?.holding).toEqual(others.filter(id => id !== silent))
    // Until the member that was paused has answered.
    await simulation.run(10_000)
    const idle = await sentOver(simulation, 10_000)
    expect(idle.query).toBe(0)
  })

  it('costs nothing without a listener, and little with one', async () => {
    const simulation = createSimulation({ seed: 1, members: 100, start: 'warm' })
    await simulation.run(60_000)
    const idle = await sentOver(simulation, 30_000)
    expect(idle.query).toBe(0)
    const stop = simulation.member('m0').cluster.convergence.subscribe(() => {})
    const watched = await sentOver(simulation, 30_000)
    const extra = watched.query + watched.rumor + watched.gossipControl - idle.rumor - idle.gossipControl
    // Bytes of each member in a second: ADR 32.
    expect(extra / 100 / 30).toBeLessThan(300)
    stop()
    await simulation.run(10_000)
    expect((await sentOver(simulation, 30_000)).query).toBe(0)
  })
})
