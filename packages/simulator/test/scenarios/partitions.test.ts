import { describe, expect, it } from 'vitest'
import { runTwice } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { deaths, seeEachOther } from '../member-events.ts'
import { namesFrom } from '../names.ts'
import { repeated } from '../repeated.ts'

describe('partitions', () => {
  it('scenario 21: two halves of 16 count each other dead, suspect a partition, and are one cluster again within 30 s', async () => {
    const [left, right] = [namesFrom(0, 8), namesFrom(8, 16)]
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 21, members: 16 })
      simulation.partition([left, right])
      await simulation.run(60_000)
      for (const side of [left, right]) {
        expect(seeEachOther(simulation, side)).toBe(true)
        for (const { machine } of side.map(name => simulation.member(name)))
          expect(machine.health().partitionSuspected).toBe(true)
      }
      simulation.heal()
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
    for (const { machine } of simulation.members) {
      expect(machine.health().partitionSuspected).toBe(false)
      expect(machine.members().length).toBe(16)
    }
  })

  it('scenario 21: the same three times in a row: each time they are one cluster again within 30 s', async () => {
    const [left, right] = [namesFrom(0, 8), namesFrom(8, 16)]
    await repeated(async () => {
      const simulation = await settled({ seed: 212, members: 16 })
      for (let i = 0; i < 3; i++) {
        simulation.partition([left, right])
        await simulation.run(60_000)
        simulation.heal()
        await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      }
      return simulation
    })
  })

  it('scenario 21: the same after 10 minutes, when no connection from before is left', async () => {
    const [left, right] = [namesFrom(0, 16), namesFrom(16, 32)]
    await repeated(async () => {
      const simulation = await settled({ seed: 211, members: 32 })
      simulation.partition([left, right])
      await simulation.run(600_000)
      simulation.heal()
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
  })

  it('scenario 22: an isolated member keeps dialling, and is back within 30 s of healing', async () => {
    const lonely = ['m9']
    const others = namesFrom(0, 16).filter(name => name !== 'm9')
    await repeated(async () => {
      const simulation = await settled({ seed: 22, members: 16 })
      simulation.partition([lonely])
      await simulation.run(300_000)
      expect(seeEachOther(simulation, lonely)).toBe(true)
      expect(seeEachOther(simulation, others)).toBe(true)
      simulation.heal()
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
  })

  it('scenario 23: a member that joined on either side of a partition sees all members after it', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 23, members: 12 })
      const [left, right] = [namesFrom(0, 6), namesFrom(6, 12)]
      simulation.partition([left, right])
      await simulation.run(30_000)
      for (let i = 0; i < 3; i++) {
        const onTheLeft = simulation.add(['m0']).name
        const onTheRight = simulation.add(['m6']).name
        left.push(onTheLeft)
        right.push(onTheRight)
        simulation.partition([left, right])
      }
      await simulation.run(30_000)
      expect(seeEachOther(simulation, left) && seeEachOther(simulation, right)).toBe(true)
      simulation.heal()
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
  })

  it.each([0, 60_000])(
    'scenario 25: the one member with links to both halves dies, and %i ms later the halves can reach each other: they are one cluster within 30 s',
    async apartMs => {
      const [left, right] = [namesFrom(0, 8), namesFrom(8, 16)]
      const simulation = await runTwice(async () => {
        const simulation = await settled({ seed: 25, members: 17 })
        simulation.cut(left, right)
        await simulation.run(60_000)
        expect(deaths(simulation)).toEqual([])
        simulation.crash('m16')
        await simulation.run(apartMs)
        if (apartMs > 0)
          for (const name of right) expect(simulation.statusesOf(name)).toEqual(['alive', 'dead'])
        simulation.heal()
        await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
        return simulation
      })
      expect(simulation.statusesOf('m16')).toEqual(['dead'])
    },
  )
})
