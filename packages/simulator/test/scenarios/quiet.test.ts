import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { runTwice, type Simulation } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { flipFlop } from '../flip-flop.ts'
import { deaths, typesAbout } from '../member-events.ts'
import { namesFrom } from '../names.ts'
import { repeated } from '../repeated.ts'

const lengthMs = 180_000

/** Counts the events of one type about these members at each observer. Returns the greatest of these counts. */
function most({ events }: Simulation, type: 'suspect' | 'fail', about: (name: string) => boolean): number {
  const counts = new Map<string, number>()
  for (const { by, type: each, member } of events)
    if (each === type && about(member)) counts.set(by, (counts.get(by) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}

/** Whether the apps of all others see a member as their failure detectors do. */
function isShownAsJudged(simulation: Simulation, name: string): boolean {
  const { id } = simulation.member(name)
  return simulation.running.every(
    ({ machine, id: own }) => own === id || machine.member(id)?.status === machine.detector.status(id)?.type,
  )
}

const members = size({ usual: 100, long: 1_000 })
/** One member in a hundred. */
const faulty = Array.from({ length: members / 100 }, (_, i) => `m${100 * i + 3}`)

describe(`scenario 38: ${faulty.length} of ${members} receive nothing for 20 s in every 40 s`, () => {
  it('apps get no events about healthy members, and about a faulty one at most two failures', async () => {
    const simulation = await flipFlop({ seed: 38, members, faulty, lengthMs })
    expect(most(simulation, 'suspect', name => !faulty.includes(name))).toBeLessThanOrEqual(3)
    for (const name of faulty) {
      expect(most(simulation, 'fail', about => about === name)).toBeGreaterThan(0)
      expect(most(simulation, 'fail', about => about === name)).toBeLessThanOrEqual(2)
    }
    expect(deaths(simulation).filter(death => !faulty.some(name => death.endsWith(` ${name}`)))).toEqual([])
  })
})

describe('for three minutes', () => {
  it.each([{ to: 'm5' }, { from: 'm5' }, { from: 'm5', to: 'm0' }])(
    'a loss of 80 % in one direction is shown at most once, and kills no member: %o',
    async way => {
      const simulation = await repeated(async () => {
        const simulation = await settled({ seed: 381, members: 12 })
        simulation.loss(0.8, way)
        await simulation.run(lengthMs)
        return simulation
      })
      for (const name of namesFrom(0, 12))
        expect(most(simulation, 'suspect', about => about === name)).toBeLessThanOrEqual(1)
      expect(most(simulation, 'suspect', () => true)).toBeLessThanOrEqual(3)
      expect(deaths(simulation)).toEqual([])
    },
  )

  it('one link that is cut for 20 s in every 40 s causes no event', async () => {
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 382, members: 12 })
      const flip = (): void => {
        simulation.after(20_000, simulation.cut('m5', 'm0'))
        simulation.after(40_000, flip)
      }
      flip()
      await simulation.run(lengthMs)
      return simulation
    })
    expect(typesAbout(simulation, 'm5', 0)).toEqual(['join'])
    expect(typesAbout(simulation, 'm0', 0)).toEqual(['join'])
  })
})

describe('a real fault', () => {
  it('a crash is shown as soon as it is certain', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 383, members: 12 })
      simulation.crash('m5')
      const { id } = simulation.member('m5')
      const isCertain = () =>
        simulation.running.every(({ machine }) => machine.detector.status(id)?.type === 'dead')
      await simulation.runUntil(isCertain, { withinMs: 2_000 })
      expect(simulation.statusesOf('m5')).toEqual(['dead'])
      return simulation
    })
  })

  it('a hang is shown as a suspicion after an interval, and as a death as soon as it is certain', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 384, members: 12 })
      simulation.pause('m5', 60_000)
      const { id } = simulation.member('m5')
      const others = simulation.running.filter(({ name }) => name !== 'm5')
      const are = (type: string) => others.every(({ machine }) => machine.detector.status(id)?.type === type)
      await simulation.runUntil(() => are('suspect'), { withinMs: 10_000 })
      await simulation.run(2_000)
      expect(others.map(({ machine }) => machine.member(id)?.status)).toEqual(others.map(() => 'suspect'))
      await simulation.runUntil(() => are('dead'), { withinMs: 15_000 })
      expect(others.map(({ machine }) => machine.member(id)?.status)).toEqual(others.map(() => 'dead'))
      return simulation
    })
  })

  it('a laptop that resumes is shown at once the first time', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 385, members: 12 })
      simulation.sleep('m5', 60_000)
      await simulation.run(59_000)
      expect(simulation.statusesOf('m5')).toEqual(['dead'])
      await simulation.runUntil(() => simulation.statusesOf('m5').join() === 'alive', { withinMs: 6_000 })
      expect(isShownAsJudged(simulation, 'm5')).toBe(true)
      return simulation
    })
  })
})
