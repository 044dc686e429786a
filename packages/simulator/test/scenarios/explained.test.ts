import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

/** The reasons that m0 gives for the status of m3, without the times and numbers of a run. */
async function explained(simulation: Simulation): Promise<readonly string[]> {
  const { facts, hint } = await simulation.member('m0').cluster.explain(simulation.member('m3').id)
  return [...facts, ...(hint ? [hint] : [])].map(fact => fact.replaceAll(/\d+(\.\d)?/g, 'n'))
}

const settled = (seed: number) => createSimulation({ seed, members: 5, start: 'warm' })
const record = 'Its incarnation is n; addresses where it can be dialled: n.'
const heartbeat = 'Its last heartbeat, number n, was received n s ago.'

describe('explain', () => {
  it('of a present member: the connection and the heartbeats', async () => {
    await runTwice(async () => {
      const simulation = settled(1)
      await simulation.run(30_000)
      expect(await explained(simulation)).toEqual(['This member is connected to it.', heartbeat, record])
      return simulation
    })
  })

  it('of a page in the background: its attention lease', async () => {
    await runTwice(async () => {
      const simulation = settled(5)
      await simulation.run(30_000)
      const undo = simulation.throttle('m3')
      await simulation.run(5_000)
      expect(await explained(simulation)).toEqual([
        'This member is connected to it.',
        'Its page is in the background: it asked other members not to suspect its silence.',
        heartbeat,
        record,
      ])
      undo()
      simulation.throttle('m3', { isViewed: true })
      await simulation.run(5_000)
      expect((await explained(simulation))[1]).toBe(
        'Its page is in the background, and its user sees it in another tab: it asked other members not to suspect its silence.',
      )
      return simulation
    })
  })

  it('of a device that sleeps: since when, and its attention lease', async () => {
    await runTwice(async () => {
      const simulation = settled(6)
      await simulation.run(30_000)
      simulation.member('m3').cluster.suspend()
      await simulation.run(50)
      simulation.sleep('m3', 600_000)
      await simulation.run(5_000)
      expect(await explained(simulation)).toEqual([
        'This member is connected to it.',
        'It has been asleep for n s: it asked other members not to suspect its silence.',
        heartbeat,
        record,
      ])
      return simulation
    })
  })

  it('of a silent member: which members report it, until when, and what to check', async () => {
    await runTwice(async () => {
      const simulation = settled(2)
      await simulation.run(30_000)
      simulation.pause('m3', 60_000)
      await simulation.runUntil(() => simulation.statusesOf('m3').includes('suspect'), { withinMs: 30_000 })
      await simulation.run(500)
      expect(await explained(simulation)).toEqual([
        expect.stringMatching(/^It did not answer a probe: n members? reports? it\.$/),
        'Unless it answers, it counts as dead in n s.',
        'This member is connected to it.',
        heartbeat,
        record,
        'It is connected but silent: is its process stopped or busy?',
      ])
      return simulation
    })
  })

  it('of a dead member: which members reported it, and how it comes back', async () => {
    await runTwice(async () => {
      const simulation = settled(3)
      await simulation.run(30_000)
      simulation.crash('m3')
      await simulation.runUntil(() => simulation.statusesOf('m3').every(status => status === 'dead'), {
        withinMs: 60_000,
      })
      expect(await explained(simulation)).toEqual([
        expect.stringMatching(
          /^Its host refuses connections at its port: n members? reports? it\. Probably its process has ended\.$/,
        ),
        'This member has no connection to it.',
        heartbeat,
        record,
        'If only the network fails, it becomes alive again once it is reachable.',
      ])
      return simulation
    })
  })

  it('of a member that left: when, and nothing else', async () => {
    await runTwice(async () => {
      const simulation = settled(4)
      await simulation.run(30_000)
      void simulation.leave('m3')
      await simulation.run(5_000)
      expect(await explained(simulation)).toEqual([
        'It left n s ago.',
        record,
        'It becomes alive when it joins again.',
      ])
      return simulation
    })
  })
})
