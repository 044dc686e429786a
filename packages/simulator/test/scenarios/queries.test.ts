import type { Query, QueryResult } from '@hearsay/core'
import { describe, expect, it, vi } from 'vitest'
import { createSimulation, type Simulation } from '../../src/index.ts'
import { sentOver } from '../sent-over.ts'

/** All members answer `name` with their names. */
function cluster(members: number, seed = 1): Simulation {
  const simulation = createSimulation({ seed, members, start: 'warm' })
  for (const { cluster, name } of simulation.members) cluster.answer('name', () => name)
  return simulation
}

/** Runs the simulation until the query has ended. */
async function resultOf(simulation: Simulation, query: Query, withinMs = 10_000): Promise<QueryResult> {
  let result: QueryResult | undefined
  void query.then(ended => {
    result = ended
  })
  await simulation.runUntil(() => result !== undefined, { withinMs })
  if (!result) throw new Error('no result')
  return result
}

const idsOf = (simulation: Simulation) => simulation.members.map(({ id }) => id).sort()

describe('a query', () => {
  it.each([4, 40, 200])(
    'is answered by all of %i members, this one included, without waiting',
    async count => {
      const simulation = cluster(count)
      await simulation.run(2_000)
      const query = simulation.member('m1').cluster.query('name')
      const { answers, failures, missing } = await resultOf(simulation, query, 2_000)
      expect(answers.map(({ from }) => from).sort()).toEqual(idsOf(simulation))
      expect(answers.map(({ value }) => value).sort()).toEqual(
        simulation.members.map(({ name }) => name).sort(),
      )
      expect([failures, missing]).toEqual([[], []])
    },
  )

  it('is answered by the members that are asked alone, connected or not', async () => {
    const simulation = cluster(60)
    await simulation.run(2_000)
    const asker = simulation.member('m0')
    const connected = new Set(asker.machine.overlay.connected())
    const others = simulation.members.filter(({ id }) => id !== asker.id)
    const near = others.find(({ id }) => connected.has(id))
    const far = others.filter(({ id }) => !connected.has(id)).slice(0, 3)
    for (const asked of [[near], far, [near, ...far]]) {
      const to = asked.map(member => member?.id ?? '')
      const { answers, missing } = await resultOf(simulation, asker.cluster.query('name', null, { to }))
      expect(answers.map(({ from }) => from).sort()).toEqual([...to].sort())
      expect(missing).toEqual([])
    }
  })

  it('says who has no handler, who failed, and who did not answer until the deadline', async () => {
    const simulation = cluster(5)
    await simulation.run(2_000)
    const [m0, m1, m2, m3, m4] = simulation.members.map(({ cluster, id }) => ({ cluster, id }))
    const payloads: unknown[] = []
    m1?.cluster.answer('double', (payload, { from }) => {
      payloads.push([payload, from])
      return Number(payload) * 2
    })
    m2?.cluster.answer('double', () => {
      throw new Error('secret detail')
    })
    m3?.cluster.answer('double', () => new Promise(() => {}))
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    const asked = m0?.cluster.query('double', 21, { timeoutMs: 3_000 })
    const startedMs = simulation.nowMs
    const result = await resultOf(simulation, asked as Query)
    vi.unstubAllGlobals()
    expect(simulation.nowMs - startedMs).toBeGreaterThanOrEqual(3_000)
    expect(payloads).toEqual([[21, m0?.id]])
    expect(result.answers).toEqual([{ from: m1?.id, value: 42 }])
    expect([...result.failures].sort((a, b) => a.reason.localeCompare(b.reason))).toEqual([
      { from: m2?.id, reason: 'error' },
      ...[m0?.id, m4?.id].map(from => ({ from, reason: 'no-handler' })).sort((a, b) => byOrder(result, a, b)),
    ])
    expect(result.missing).toEqual([m3?.id])
    expect(reported).toEqual([expect.objectContaining({ message: 'secret detail' })])
  })

  it('yields answers as they arrive', async () => {
    const simulation = cluster(3)
    await simulation.run(2_000)
    simulation.member('m2').cluster.answer('name', () => new Promise(() => {}))
    const query = simulation.member('m0').cluster.query('name', null, { timeoutMs: 5_000 })
    const arrived: [string, number][] = []
    let isEnded = false
    void (async () => {
      for await (const { from } of query) arrived.push([from, simulation.nowMs])
      isEnded = true
    })()
    await simulation.runUntil(() => isEnded, { withinMs: 6_000 })
    expect(arrived.map(([from]) => from).sort()).toEqual(
      [simulation.member('m0').id, simulation.member('m1').id].sort(),
    )
    expect(arrived.every(([, atMs]) => simulation.nowMs - atMs > 4_000)).toBe(true)
  })

  it('does not wait for members that are dead, unknown or die meanwhile', async () => {
    const simulation = cluster(6)
    await simulation.run(2_000)
    const { cluster: asker } = simulation.member('m0')
    simulation.crash('m5')
    await simulation.runUntil(() => simulation.statusesOf('m5').join() === 'dead', { withinMs: 30_000 })
    const unknown = createSimulation({ seed: 9, members: 1 }).member('m0').id
    const to = [simulation.member('m5').id, unknown, simulation.member('m4').id]
    const first = await resultOf(simulation, asker.query('name', null, { to, timeoutMs: 60_000 }), 1_000)
    expect(first.missing).toEqual(to.slice(0, 2))
    simulation.member('m4').cluster.answer('name', () => new Promise(() => {}))
    const second = asker.query('name', null, { to: to.slice(2), timeoutMs: 60_000 })
    await simulation.runUntil(() => true, { withinMs: 1 })
    await simulation.run(100)
    simulation.crash('m4')
    expect((await resultOf(simulation, second, 30_000)).missing).toEqual(to.slice(2))
  })

  it('ends when the member leaves', async () => {
    const simulation = cluster(3)
    await simulation.run(2_000)
    const { cluster: asker } = simulation.member('m0')
    for (const { cluster } of simulation.members) cluster.answer('never', () => new Promise(() => {}))
    const query = asker.query('never', null, { timeoutMs: 60_000 })
    await simulation.runUntil(() => true, { withinMs: 1 })
    void asker.leave()
    const { missing } = await resultOf(simulation, query)
    expect(missing.length).toBe(3)
    await expect(asker.query('name')).rejects.toThrow(/left/)
  })

  it('aborts a handler when nobody waits any more, and takes new queries then', async () => {
    const simulation = cluster(2)
    await simulation.run(2_000)
    let running = 0
    simulation.member('m1').cluster.answer('slow', (_, { signal }) => {
      running += 1
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          running -= 1
          reject(new Error('aborted'))
        })
      })
    })
    const to = simulation.member('m1').id
    const ask = () => simulation.member('m0').cluster.query('slow', null, { to, timeoutMs: 1_000 })
    const queries = Array.from({ length: 9 }, ask)
    await simulation.runUntil(() => running === 8, { withinMs: 500 })
    const results = await Promise.all(queries.map(query => resultOf(simulation, query)))
    expect(results.flatMap(({ failures }) => failures)).toEqual([{ from: to, reason: 'busy' }])
    await simulation.runUntil(() => running === 0, { withinMs: 1_000 })
  })

  it('costs each member few bytes, and nothing when nobody asks', async () => {
    const simulation = cluster(100)
    await simulation.run(60_000)
    const idle = await sentOver(simulation, 10_000)
    expect(idle.query).toBe(0)
    const query = simulation.member('m0').cluster.query('name')
    const asked = await sentOver(simulation, 10_000)
    await resultOf(simulation, query)
    // An answer crosses two to three connections, as measured: ADR 31.
    expect(asked.query / 100).toBeLessThan(600)
  })

  it('reaches members over relays when the way back breaks', async () => {
    const simulation = cluster(40)
    await simulation.run(2_000)
    const asker = simulation.member('m0')
    for (const { cluster } of simulation.members)
      cluster.answer('late', () => new Promise(resolve => simulation.after(1_000, () => resolve('late'))))
    const query = asker.cluster.query('late')
    await simulation.runUntil(() => true, { withinMs: 1 })
    await simulation.run(500)
    const [neighbour] = asker.machine.overlay.connected()
    const relay = simulation.members.find(({ id }) => id === neighbour)
    simulation.crash(relay?.name ?? '')
    const { answers, missing } = await resultOf(simulation, query)
    expect(missing).toContain(relay?.id)
    expect(answers.length).toBeGreaterThanOrEqual(37)
  })
})

describe('a broadcast', () => {
  it.each([3, 60])('reaches all of %i members once, this one included', async count => {
    const simulation = cluster(count)
    await simulation.run(2_000)
    const received: unknown[] = []
    for (const { cluster } of simulation.members)
      cluster.events.addEventListener('broadcast', ({ detail }) => received.push(detail))
    const { id, cluster: sender } = simulation.member('m2')
    await sender.broadcast('deploy', { version: 3 })
    await simulation.run(2_000)
    expect(received).toEqual(
      Array.from({ length: count }, () => ({ from: id, name: 'deploy', value: { version: 3 } })),
    )
  })
})

/** In the order in which they answered. */
function byOrder(
  { failures }: QueryResult,
  a: { from: string | undefined },
  b: { from: string | undefined },
): number {
  const place = (from: string | undefined) => failures.findIndex(failure => failure.from === from)
  return place(a.from) - place(b.from)
}
