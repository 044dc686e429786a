import { describe, expect, it } from 'vitest'
import { suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import { runTwice, type Simulation } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { injectRumor } from '../inject-rumors.ts'
import { deaths } from '../member-events.ts'
import { namesFrom } from '../names.ts'
import { signedFact } from '../simulated-facts.ts'

function localHealth(simulation: Simulation, names: readonly string[]): number[] {
  return names.map(name => simulation.member(name).machine.health().localHealth)
}

describe('scenario 8: local health', () => {
  it('stays 0 while one member hangs and dies: each proxy answers with a nack', async () => {
    const others = namesFrom(0, 16).filter(name => name !== 'm5')
    await runTwice(async () => {
      const simulation = await settled({ seed: 81, members: 16 })
      simulation.pause('m5', 60_000)
      for (let s = 0; s < 30; s++) {
        await simulation.run(1_000)
        expect(localHealth(simulation, others)).toEqual(others.map(() => 0))
      }
      expect(simulation.statusesOf('m5')).toEqual(['dead'])
      return simulation
    })
  })

  it('rises if the proxies are silent too, and is 0 again when all answer: no member is declared dead', async () => {
    const [silent, others] = [namesFrom(0, 8), namesFrom(8, 16)]
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 82, members: 16 })
      for (const name of silent) simulation.pause(name, 3_000)
      await simulation.run(2_900)
      expect(Math.max(...localHealth(simulation, others))).toBeGreaterThan(0)
      await simulation.run(20_000)
      expect(localHealth(simulation, others)).toEqual(others.map(() => 0))
      return simulation
    })
    expect(deaths(simulation)).toEqual([])
  })

  it('rises by one with each refutation about the local member, and falls by one with each answered probe', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 83, members: 16 })
      const [m1, m3] = [simulation.member('m1'), simulation.member('m3')]
      const incarnation = m3.incarnation ?? 0
      injectRumor(m3, m1, signedFact(m1.id, suspicionBody(m3.id, incarnation)))
      expect(localHealth(simulation, ['m3'])).toEqual([1])
      await simulation.run(2_500)
      expect(localHealth(simulation, ['m3'])).toEqual([0])
      return simulation
    })
  })
})
