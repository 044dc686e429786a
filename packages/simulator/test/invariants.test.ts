/** Each invariant fires when it is violated: a check that cannot fail checks nothing. */
import { describe, expect, it } from 'vitest'
import { createSimulation, InvariantViolation, type Simulation } from '../src/index.ts'
import { Registers } from '../src/invariants/registers.ts'
import { Returns } from '../src/invariants/returns.ts'

async function settled(): Promise<Simulation> {
  const simulation = createSimulation({ seed: 5, members: 6, invariants: { allowanceMs: 20_000 } })
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
  await simulation.run(30_000)
  return simulation
}

async function violationIn(run: Promise<unknown>): Promise<InvariantViolation> {
  try {
    await run
  } catch (error) {
    if (error instanceof InvariantViolation) return error
    throw error
  }
  throw new Error('no invariant was violated')
}

describe('a violated invariant ends the run', () => {
  it('if a fact contains an incarnation that its owner never had', async () => {
    const simulation = await settled()
    const victim = simulation.member('m3')
    // Simulates a forged record: the member itself never had this incarnation.
    simulation.after(1_000, () =>
      victim.driver.handle({ type: 'local-change', change: { tags: { a: 'b' } } }),
    )
    Object.defineProperty(victim, 'greatestIncarnation', { get: () => 0 })
    const violation = await violationIn(simulation.run(5_000))
    expect(violation.invariant).toBe('incarnations')
    expect(violation.message).toContain('createSimulation({"seed":5')
  })

  it('if two healthy members keep considering each other dead', async () => {
    const simulation = await settled()
    // The test acts on the member directly, so that the fault log of the simulation stays empty.
    const m0 = simulation.member('m0')
    m0.clock.pause(60_000, { isAsleep: true, monotonicStops: true, timersFirst: true })
    const violation = await violationIn(simulation.run(60_000))
    expect(violation.invariant).toBe('false-deaths')
    expect(violation.message).toContain('m0 is dead for')
  })

  it('if a member stores more than its bounds allow', async () => {
    const simulation = createSimulation({ seed: 5, members: 4, tuning: { maxMembers: 2 } })
    await simulation.run(10_000)
    for (const { machine } of simulation.members) expect(machine.table.size).toBeLessThanOrEqual(2)
    const [m0] = simulation.members
    Object.defineProperty(m0?.machine.table, 'size', { get: () => 3 })
    expect((await violationIn(simulation.run(10_000))).invariant).toBe('bounds')
  })

  it('if a register goes backwards', () => {
    const registers = new Registers()
    const holding = (incarnation: number, version: number, sequence: number, epochMs = 0) => {
      registers.touch('a')
      const row = { record: { record: { incarnation, version } }, heartbeat: { sequence } }
      registers.check({ table: { get: () => row } } as never, epochMs)
    }
    holding(1, 1, 5)
    holding(1, 2, 6)
    holding(2, 1, 0)
    expect(() => holding(1, 9, 9)).toThrow(InvariantViolation)
    expect(() => holding(1, 9, 8)).toThrow('"sequence":8')
    // A clock that was ahead wrote this incarnation. Members reject it once their own clock is right.
    holding(200_000_000, 1, 0, 200_000_000)
    expect(() => holding(3, 1, 0, 200_000_000)).toThrow(InvariantViolation)
    holding(200_000_000, 1, 0, 200_000_000)
    holding(3, 1, 0, 1_000)
  })

  it('if a dead member returns in the same incarnation', () => {
    const returns = new Returns()
    const attention = { state: 'active', sinceMs: 0 } as const
    const member = {
      id: 'a',
      name: 'a',
      incarnation: 3,
      status: 'dead',
      addresses: [],
      attention,
      tags: {},
      roles: [],
    } as const
    returns.check({ type: 'join', member })
    returns.check({ type: 'fail', member })
    expect(() => returns.check({ type: 'join', member })).toThrow(InvariantViolation)
    returns.check({ type: 'join', member: { ...member, incarnation: 4 } })
  })
})
