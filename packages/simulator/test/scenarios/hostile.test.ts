/**
 * Hostile members: what admitted members can do to honest ones. Scenario numbers are in docs/scenarios.md.
 *
 * Each attack runs for 20 s of virtual time against eleven honest members. During it, an honest member is killed and an
 * honest newcomer joins.
 */
import { hash } from 'node:crypto'
import { memberIdFromKey } from '@hearsay/core/host'
import { createRings } from '@hearsay/failure-detector'
import { describe, expect, it } from 'vitest'
import { createSimulation, type SimulatedMember, type Simulation } from '../../src/index.ts'

const honestCount = 11

/** Twice the time that eleven members need without an attack. */
const maxKillMs = 1_100
const maxNewcomerMs = 3_000

type Attack = (simulation: Simulation, hostile: SimulatedMember) => () => void

interface Outcome {
  readonly killMs: number
  readonly newcomerMs: number
  readonly honest: readonly SimulatedMember[]
  /** Events at apps of honest members since the start of the attack. */
  readonly events: Simulation['events']
  readonly simulation: Simulation
}

/** The time until all honest members that run consider the killed member dead. */
async function kill(
  simulation: Simulation,
  name: string,
  observers: readonly SimulatedMember[],
): Promise<number> {
  const { id } = simulation.member(name)
  simulation.crash(name)
  const isDead = (member: SimulatedMember) => member.machine.member(id)?.status === 'dead'
  const others = observers.filter(({ isRunning }) => isRunning)
  return await simulation.runUntil(() => others.every(isDead), { withinMs: 60_000 })
}

async function attacked(seed: number, attack: Attack): Promise<Outcome> {
  const simulation = createSimulation({ seed, members: honestCount })
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
  const honest = [...simulation.members]
  const hostile = simulation.add()
  await simulation.run(60_000)
  const eventsBefore = simulation.events.length
  const stop = attack(simulation, hostile)
  await simulation.run(20_000)
  const killMs = await kill(simulation, 'm3', honest)
  const newcomer = simulation.add()
  const running = honest.filter(({ isRunning }) => isRunning)
  const sees = ({ machine }: SimulatedMember) => machine.member(newcomer.id)?.status === 'alive'
  const newcomerMs = await simulation.runUntil(() => running.every(sees), { withinMs: 60_000 })
  stop()
  const names = new Set(honest.map(({ name }) => name))
  const events = simulation.events.slice(eventsBefore).filter(({ by }) => names.has(by))
  return { killMs, newcomerMs, honest: running, events, simulation }
}

/** What holds for honest members during each attack. */
function expectUnharmed({ killMs, newcomerMs, honest, events }: Outcome): void {
  expect(killMs).toBeLessThanOrEqual(maxKillMs)
  expect(newcomerMs).toBeLessThanOrEqual(maxNewcomerMs)
  const names = new Set(honest.map(({ name }) => name))
  const lost = events.filter(({ type, member }) => (type === 'fail' || type === 'leave') && names.has(member))
  expect(lost).toEqual([])
  for (const { machine } of honest)
    for (const { id } of honest) expect(machine.member(id)?.status).toMatch(/alive|suspect/)
}

describe('a hostile member', () => {
  it('that suspects everybody causes no death, and no suspect event', async () => {
    const outcome = await attacked(3, (simulation, { name }) => simulation.lie(name))
    expectUnharmed(outcome)
    const killed = outcome.simulation.member('m3').name
    const suspects = outcome.events.filter(({ type, member }) => type === 'suspect' && member !== killed)
    expect(suspects).toEqual([])
  }, 240_000)

  it('that invents identities adds few of them, and hides no crash', async () => {
    const outcome = await attacked(3, (simulation, { name }) =>
      simulation.inventIdentities(name, { perSecond: 20 }),
    )
    expectUnharmed(outcome)
    for (const { machine } of outcome.honest) {
      expect(machine.usage().provisional).toBeLessThanOrEqual(256)
      expect(machine.usage().members).toBeLessThanOrEqual(honestCount + 2 + 64)
      expect(machine.health().refusedFacts['introducer-quota']).toBeGreaterThan(0)
    }
    await outcome.simulation.run(120_000)
    for (const { machine } of outcome.honest) expect(machine.usage().provisional).toBeLessThanOrEqual(32)
  }, 240_000)

  it('that keeps its invented identities alive by refutations hides no crash either', async () => {
    const outcome = await attacked(4, (simulation, { name }) =>
      simulation.inventIdentities(name, { perSecond: 20, refuting: true }),
    )
    expectUnharmed(outcome)
    for (const { machine } of outcome.honest)
      expect(machine.health().visible).toBeLessThanOrEqual(honestCount + 2 + 64)
  }, 240_000)

  it('that reports identities without introductions adds at most a few a minute', async () => {
    const outcome = await attacked(3, (simulation, { name }) =>
      simulation.inventIdentities(name, { perSecond: 20, introduced: false }),
    )
    expectUnharmed(outcome)
    for (const { machine } of outcome.honest)
      expect(machine.health().visible).toBeLessThanOrEqual(honestCount + 2 + 16)
    await outcome.simulation.run(120_000)
    // The few identities that one member accepted reach the other members as slowly, a few a minute.
    for (const { machine } of outcome.honest) expect(machine.usage().provisional).toBeLessThanOrEqual(16)
  }, 240_000)

  it('that publishes 50 versions of its record a second has most of them dropped unverified', async () => {
    const outcome = await attacked(3, (simulation, { name }) =>
      simulation.floodRecords(name, { perSecond: 50 }),
    )
    expectUnharmed(outcome)
    const { honest, simulation } = outcome
    const updates = outcome.events.filter(({ type, by }) => type === 'update' && by === 'm1')
    expect(updates.length).toBeLessThanOrEqual(20 + 4 * 25)
    await simulation.run(5_000)
    const versions = honest.map(
      ({ machine }) => machine.table.get(simulation.member('m11').id)?.record.record,
    )
    expect(new Set(versions.map(record => record?.version)).size).toBe(1)
  }, 240_000)
})

describe('an eclipse', () => {
  it.each([12, 100])(
    'by 16 of 10,000 ground ids hides no crash from the victim among %i members, and does not silence it',
    async members => {
      const simulation = createSimulation({ seed: 1, members })
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      await simulation.run(120_000)
      const honest = [...simulation.members]
      const victim = simulation.member('m5')
      const hostile = groundIds(victim.id).map(id => simulation.add(['m0'], id))
      const hostileIds = new Set(hostile.map(({ id }) => id))
      await simulation.run(120_000)
      const neighbours = victim.machine.overlay.neighbours(victim.clock.now().monotonicMs)
      expect(neighbours.filter(id => hostileIds.has(id)).length).toBeGreaterThanOrEqual(7)
      for (const { name } of hostile) simulation.withhold(name)
      await simulation.run(60_000)

      expect(await kill(simulation, 'm3', [victim])).toBeLessThanOrEqual(5_000)
      await victim.cluster.update({ tags: { still: 'here' } })
      const others = honest.filter(member => member.isRunning && member !== victim)
      const hasUpdate = ({ machine }: SimulatedMember) => machine.member(victim.id)?.tags['still'] === 'here'
      await simulation.runUntil(() => others.every(hasUpdate), { withinMs: 5_000 })
    },
    240_000,
  )
})

/** The 16 of 10,000 ids that are nearest to the victim on its four rings. */
function groundIds(victim: string): string[] {
  const candidates = Array.from(
    { length: 10_000 },
    (_, i) => memberIdFromKey(hash('sha256', `ground ${i}`, 'buffer')) ?? '',
  )
  const rings = createRings(4, [victim, ...candidates])
  const nearest = rings.neighbours(victim)
  return [...nearest, ...rings.neighbours(victim, id => nearest.includes(id))]
}

describe('standing', () => {
  it('lets two clusters that formed apart become one', async () => {
    const simulation = createSimulation({ seed: 5 })
    for (const first of [[], []]) simulation.add(first)
    for (let i = 2; i < 40; i++) simulation.add([`m${i % 2}`])
    await simulation.run(60_000)
    expect(simulation.member('m0').machine.health().visible).toBe(20)
    simulation.add(['m0', 'm1'])
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: 20_000 })
  }, 240_000)

  it('lets 88 members join twelve at once, through one of them, within 15 s', async () => {
    const simulation = createSimulation({ seed: 5, members: 12 })
    await simulation.run(60_000)
    for (let i = 0; i < 88; i++) simulation.add()
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: 15_000 })
  }, 240_000)

  it('makes views equal after two days apart, when the introducers of new members are gone', async () => {
    const simulation = createSimulation({ seed: 6, members: 8, tuning: { retentionMs: 60_000 } })
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
    const [left, right] = [
      ['m0', 'm1', 'm2', 'm3'],
      ['m4', 'm5', 'm6', 'm7'],
    ]
    simulation.partition([left ?? [], right ?? []])
    const newcomers = ['m4', 'm4', 'm5'].map(through => simulation.add([through]))
    simulation.partition([left ?? [], [...(right ?? []), ...newcomers.map(({ name }) => name)]])
    await simulation.run(60_000)
    // The introducers end, and all members forget them.
    simulation.crash(['m4', 'm5'])
    await simulation.run(300_000)
    simulation.heal()
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: 180_000 })
  }, 240_000)
})
