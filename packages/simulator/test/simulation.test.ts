import { describe, expect, it } from 'vitest'
import {
  createSimulation,
  InvalidSimulationError,
  NotInTimeError,
  runTwice,
  type Simulation,
  type SimulationOptions,
} from '../src/index.ts'

async function converged(options: SimulationOptions): Promise<Simulation> {
  const simulation = createSimulation(options)
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
  return simulation
}

describe('a simulation', () => {
  it('lets 16 members find each other, twice in the same way', async () => {
    const simulation = await runTwice(async () => {
      const simulation = await converged({ seed: 1, members: 16 })
      await simulation.run(60_000)
      return simulation
    })
    expect(simulation.isConverged()).toBe(true)
    expect(simulation.events.filter(({ type }) => type !== 'join')).toEqual([])
  })

  it('starts warm: every member knows every other, nothing is sent on, and a restarted process knows nothing', async () => {
    const simulation = await runTwice(async () => {
      const simulation = createSimulation({ seed: 8, members: 40, start: 'warm' })
      expect(simulation.isConverged()).toBe(true)
      await simulation.run(30_000)
      expect(simulation.sent().rumor).toBe(0)
      expect(simulation.events).toEqual([])
      simulation.restart('m7')
      expect(
        simulation
          .member('m7')
          .cluster.members.getSnapshot()
          .map(({ name }) => name),
      ).toEqual(['m7'])
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
      simulation.crash('m3')
      await simulation.runUntil(() => simulation.statusesOf('m3').join() === 'dead', { withinMs: 2_000 })
      return simulation
    })
    expect(simulation.running).toHaveLength(39)
  })

  it('takes another course with another seed', async () => {
    const traces = await Promise.all(
      [1, 2].map(async seed => (await converged({ seed, members: 4 })).trace.hash),
    )
    expect(new Set(traces).size).toBe(2)
  })

  it('fails if two runs of one seed differ', async () => {
    let runs = 0
    const moody = () => converged({ seed: 1, members: 3 + runs++ })
    await expect(runTwice(moody)).rejects.toThrow('two runs differ')
  })

  it('draws the same numbers for others when one member has a fault', async () => {
    const delays = async (spoil: (simulation: Simulation) => void): Promise<number[]> => {
      const simulation = await converged({ seed: 3, members: 4 })
      spoil(simulation)
      const m2 = simulation.member('m2')
      return [m2.delayRandom(), m2.delayRandom()]
    }
    const alone = await delays(() => {})
    expect(await delays(simulation => simulation.pause('m1', 1_000))).toEqual(alone)
    expect(await delays(simulation => simulation.loss(0.5))).toEqual(alone)
    expect(await delays(simulation => void simulation.add())).toEqual(alone)
  })

  it('ends the process of a member that leaves', async () => {
    const simulation = await converged({ seed: 2, members: 8 })
    const left = simulation.member('m3').cluster.leave()
    await simulation.runUntil(() => simulation.statusesOf('m3').join() === 'left', { withinMs: 2_000 })
    await simulation.run(1_000)
    await left
    expect(simulation.member('m3').isRunning).toBe(false)
  })

  it('runs an app on each member, again with each process, and waits for its promises', async () => {
    const log: string[] = []
    const simulation = await converged({
      seed: 4,
      members: 3,
      app: (cluster, name) => {
        log.push(`${name} starts`)
        cluster.events.addEventListener('fail', async ({ detail }) => {
          await Promise.resolve()
          await new Promise(resolve => queueMicrotask(() => resolve(undefined)))
          cluster.update({ tags: { lost: detail.name } })
        })
        return () => log.push(`${name} ends`)
      },
    })
    simulation.crash('m2')
    const areTold = () =>
      ['m0', 'm1'].every(name => simulation.member(name).cluster.self.tags['lost'] === 'm2')
    await simulation.runUntil(areTold, { withinMs: 5_000 })
    simulation.restart('m2')
    expect(log).toEqual(['m0 starts', 'm1 starts', 'm2 starts', 'm2 ends', 'm2 starts'])
  })

  it('gives a member that lost its storage another identity, and a new address if asked to', async () => {
    const simulation = await converged({ seed: 6, members: 4 })
    const m3 = simulation.member('m3')
    const { id, address } = m3
    simulation.restart('m3', { newAddress: true })
    expect([m3.id === id, m3.address === address]).toEqual([true, false])
    simulation.restart('m3', { keepStorage: false })
    expect(m3.id).not.toBe(id)
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
  })

  it('reports what the members see if a condition did not hold in time', async () => {
    const simulation = await converged({ seed: 7, members: 3 })
    const waiting = simulation.runUntil(() => false, { withinMs: 100 })
    await expect(waiting).rejects.toThrow(NotInTimeError)
    await expect(waiting).rejects.toThrow(/createSimulation\(\{"seed":7,"members":3\}\)\n {2}m0: alive 3/)
  })

  it.each<[string, () => unknown]>([
    ['seed: 0.5 is no integer', () => createSimulation({ seed: 0.5 })],
    ['members: -1 is no integer', () => createSimulation({ seed: 1, members: -1 })],
    [
      'delay: minMs is above maxMs',
      () => createSimulation({ seed: 1, network: { delay: { type: 'uniform', minMs: 5, maxMs: 1 } } }),
    ],
    ['there is no member m9', () => createSimulation({ seed: 1 }).crash('m9')],
    ['rate: 2 is no share', () => createSimulation({ seed: 1 }).loss(2)],
    ['ms: NaN is no number', () => createSimulation({ seed: 1, members: 1 }).pause('m0', Number.NaN)],
  ])('rejects invalid arguments: %s', (message, act) => {
    expect(act).toThrow(InvalidSimulationError)
    expect(act).toThrow(message)
  })
})
