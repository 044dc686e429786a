/** The wall clock of a member is set while the member runs: the times that the member shows, and the leases that end. */
import { describe, expect, it } from 'vitest'
import { createSimulation, type Simulation } from '../../src/index.ts'

const dayMs = 86_400_000
const sweepMs = 30_000
const leaseMs = 600_000

/** How old everything is that m0 shows with a date, by its own clock. */
function ages(simulation: Simulation): Record<string, number> {
  const { cluster, machine, clock } = simulation.member('m0')
  const ageOf = (epochMs: number) => clock.now().epochMs - epochMs
  const { sinceMs } = cluster.convergence.getSnapshot()
  return Object.fromEntries([
    ...(sinceMs === undefined ? [] : [['agreement', ageOf(sinceMs)]]),
    ...machine
      .members()
      .map(({ id, attention }) => [`attention of ${nameOf(simulation, id)}`, ageOf(attention.sinceMs)]),
    ...[...cluster.heartbeats.getSnapshot()].map(([id, { receivedAtMs }]) => [
      `heartbeat of ${nameOf(simulation, id)}`,
      ageOf(receivedAtMs),
    ]),
  ])
}

const nameOf = (simulation: Simulation, id: string): string | undefined =>
  simulation.members.find(member => member.id === id)?.name

async function withSleeper(skewMs: number): Promise<Simulation> {
  const simulation = createSimulation({ seed: 1, members: 4, start: 'warm', invariants: 'off' })
  const { cluster } = simulation.member('m0')
  simulation.skew('m0', skewMs)
  cluster.convergence.subscribe(() => {})
  cluster.heartbeats.subscribe(() => {})
  await simulation.run(20_000)
  simulation.member('m3').cluster.suspend({ leaseMs })
  await simulation.run(100)
  simulation.sleep('m3', dayMs)
  simulation.crash('m2')
  await simulation.run(60_000)
  return simulation
}

describe('a clock that is set back by a day', () => {
  it('leaves no date in the future, and no age that stands still', async () => {
    const simulation = await withSleeper(dayMs)
    simulation.skew('m0', 0)
    await simulation.run(sweepMs + 1_000)
    const before = ages(simulation)
    expect(Object.keys(before)).toContain('heartbeat of m2')
    for (const [what, ageMs] of Object.entries(before)) expect(ageMs, what).toBeGreaterThanOrEqual(0)
    expect(before['heartbeat of m2']).toBeGreaterThan(90_000)
    expect(before['heartbeat of m2']).toBeLessThan(200_000)
    await simulation.run(60_000)
    const after = ages(simulation)
    for (const what of ['heartbeat of m2', 'attention of m3'])
      expect((after[what] ?? 0) - (before[what] ?? 0), what).toBe(60_000)
  })

  it('changes nothing about the time when the agreement began', async () => {
    const simulation = createSimulation({ seed: 1, members: 3, start: 'warm', invariants: 'off' })
    const { cluster } = simulation.member('m0')
    simulation.skew('m0', dayMs)
    cluster.convergence.subscribe(() => {})
    await simulation.run(20_000)
    const before = ages(simulation)['agreement'] ?? 0
    simulation.skew('m0', 0)
    await simulation.run(10_000)
    expect(ages(simulation)['agreement']).toBeCloseTo(before + 10_000, -2)
    const shown = cluster.convergence.getSnapshot()
    await simulation.run(10_000)
    expect(cluster.convergence.getSnapshot()).toBe(shown)
  })
})

describe.each([-dayMs, dayMs])('a clock that is set by %d ms while another member sleeps', stepMs => {
  it('neither ends the lease of the sleeper early nor keeps it', async () => {
    const simulation = await withSleeper(0)
    simulation.skew('m0', stepMs)
    const { machine } = simulation.member('m0')
    const { id } = simulation.member('m3')
    await simulation.run(60_000)
    expect(machine.member(id)?.status).toBe('alive')
    await simulation.run(leaseMs)
    expect(machine.member(id)?.status).not.toBe('alive')
  })
})
