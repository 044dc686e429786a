/** Members that are here for one question each, as those of a command in a script. */
import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { createSimulation, type Simulation } from '../../src/index.ts'

const residents = 16
const minuteMs = 60_000

/** One-shot members join through a resident each, stay for a second, and leave. A new one comes every 0.2 s. */
async function askOften(simulation: Simulation, questions: number): Promise<void> {
  for (let i = 0; i < questions; i++) {
    const member = simulation.add([`m${i % residents}`], undefined, true)
    simulation.after(1_000, () => void member.cluster.leave())
    await simulation.run(200)
  }
  await simulation.run(5_000)
}

const residentsOf = (simulation: Simulation) =>
  Array.from({ length: residents }, (_, i) => simulation.member(`m${i}`))

/** How many members each resident lists, by status; equal views once. */
const listed = (simulation: Simulation) => [
  ...new Set(
    residentsOf(simulation).map(({ cluster }) =>
      cluster.members
        .getSnapshot()
        .map(({ status }) => status)
        .join(),
    ),
  ),
]
const allAlive = [Array(residents).fill('alive').join()]

const rows = (simulation: Simulation) => [
  ...new Set(residentsOf(simulation).map(({ machine }) => machine.table.size)),
]

describe('ephemeral members', () => {
  it('leave no trace, although they come and go all the time', async () => {
    const simulation = createSimulation({ seed: 1, members: residents, start: 'warm' })
    await askOften(simulation, size({ usual: 60, long: 500 }))
    expect(listed(simulation)).toEqual(allAlive)
    // Their leaves are advertised for a minute, and deleted two minutes later.
    await simulation.run(4 * minuteMs)
    expect(rows(simulation)).toEqual([residents])
    expect(simulation.falseDeaths).toBe(0)
  })

  it('leave no trace either if every tenth message is lost', async () => {
    const simulation = createSimulation({ seed: 2, members: residents, start: 'warm' })
    simulation.loss(0.1)
    await askOften(simulation, 50)
    await simulation.run(4 * minuteMs)
    expect(listed(simulation)).toEqual(allAlive)
    expect(rows(simulation)).toEqual([residents])
  })

  it('are not shown to members that join after they left', async () => {
    const simulation = createSimulation({ seed: 3, members: residents, start: 'warm' })
    await askOften(simulation, 20)
    const newcomer = simulation.add()
    await simulation.run(10_000)
    expect(newcomer.cluster.members.getSnapshot()).toHaveLength(residents + 1)
    await simulation.run(4 * minuteMs)
    expect(newcomer.machine.table.size).toBe(residents + 1)
  })
})
