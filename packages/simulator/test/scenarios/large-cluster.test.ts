import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { createSimulation, type Simulation } from '../../src/index.ts'
import { deaths } from '../member-events.ts'
import { repeated } from '../repeated.ts'

const members = size({ usual: 200, long: 10_000 })
/** The interval of a round of gossip, times the number of rounds. */
const roundsMs = 2 * Math.log2(members) * 1_000

async function large(seed: number): Promise<Simulation> {
  const simulation = createSimulation({ seed, members, start: 'warm' })
  await simulation.run(20_000)
  expect(simulation.isConverged()).toBe(true)
  return simulation
}

describe(`a large cluster, of ${members} members`, () => {
  it('receives a crash, an update and a newcomer within 2·log₂ n rounds, and declares no other member dead', async () => {
    const simulation = await repeated(async () => {
      const simulation = await large(1)
      simulation.crash('m7')
      simulation.member('m3').cluster.update({ tags: { news: 'good' } })
      simulation.add()
      const { id } = simulation.member('m3')
      const isKnown = () =>
        simulation.running.every(({ machine }) => machine.member(id)?.tags['news'] === 'good')
      await simulation.runUntil(() => isKnown() && simulation.isConverged(), { withinMs: roundsMs })
      await simulation.run(20_000)
      return simulation
    })
    expect(new Set(deaths(simulation).map(death => death.split(' ').at(-1)))).toEqual(new Set(['m7']))
  })
})
