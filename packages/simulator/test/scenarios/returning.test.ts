/** A member that announced its return: its process is killed, and another one continues it. */
import { expect, it } from 'vitest'
import { createSimulation } from '../../src/index.ts'
import { typesAbout } from '../member-events.ts'

const returnsWithinMs = 5_000

it.each([
  ['before the time is over', returnsWithinMs, 4_900, []],
  ['before the time is over, without the announcement', 0, 4_900, ['fail', 'join']],
  ['never', returnsWithinMs, Number.POSITIVE_INFINITY, ['fail']],
])('returns %s', async (_, announcedMs, afterMs, expected) => {
  for (const seed of [1, 2, 3]) {
    const simulation = createSimulation({ seed, members: 8, start: 'warm' })
    await simulation.run(1_000)
    simulation.member('m7').cluster.update({ returnsWithinMs: announcedMs })
    await simulation.run(2_000)
    const crashMs = simulation.nowMs
    simulation.crash('m7')
    await simulation.run(Math.min(afterMs, returnsWithinMs))
    const before = typesAbout(simulation, 'm7', crashMs)
    expect(before.includes('fail'), `seed ${seed}`).toBe(announcedMs === 0)
    if (Number.isFinite(afterMs)) simulation.restart('m7')
    await simulation.run(20_000)
    // A suspicion comes before some deaths, and is shown only if it lasts.
    const ignored = expected.length > 0 ? ['update', 'suspect'] : ['update']
    const types = typesAbout(simulation, 'm7', crashMs).filter(type => !ignored.includes(type))
    expect(types, `seed ${seed}`).toEqual(expected)
  }
})

it('is awaited also when it announced that while it is hidden, and not after it has withdrawn that', async () => {
  const simulation = createSimulation({ seed: 4, members: 8, start: 'warm' })
  await simulation.run(1_000)
  simulation.throttle('m6')
  for (const name of ['m5', 'm6', 'm7']) simulation.member(name).cluster.update({ returnsWithinMs })
  await simulation.run(2_000)
  simulation.member('m5').cluster.update({ returnsWithinMs: 0 })
  await simulation.run(2_000)
  const crashMs = simulation.nowMs
  simulation.crash(['m5', 'm6'])
  await simulation.run(returnsWithinMs)
  expect(typesAbout(simulation, 'm5', crashMs)).toContain('fail')
  expect(typesAbout(simulation, 'm6', crashMs)).not.toContain('suspect')
  await simulation.run(20_000)
  expect(typesAbout(simulation, 'm6', crashMs)).toContain('fail')
  expect(typesAbout(simulation, 'm7', crashMs)).not.toContain('fail')
})
