/** Runs one random schedule, and checks the conditions that must hold in the end. */
import type { StorageFault } from '../../src/index.ts'
import { EpochsCluster, pick, type Random } from './epochs-cluster.ts'

const maxBursts = 4
const becomesEqualMs = 400_000
const lookMs = 5_000

/** @returns the hash of the trace */
export async function runEpochs(seed: number, random: Random): Promise<string> {
  const fixture = new EpochsCluster(seed, 3 + Math.floor(random() * 6), random)
  try {
    for (const member of fixture.members) if (random() < 0.7) await fixture.open(member)
    const steps = 20 + Math.floor(random() * 30)
    for (let step = 0; step < steps; step++) {
      for (const member of fixture.members) while (random() < 0.3) fixture.edit(member)
      await act(fixture, random)
      await fixture.simulation.run(random() * (random() < 0.3 ? 30_000 : 2_000))
    }
    await becomeEqual(fixture)
    await checkIdle(fixture)
    return fixture.simulation.trace.hash
  } catch (error) {
    if (error instanceof Error) error.message = `${fixture.log.join('\n')}\n${replay(seed)}\n${error.message}`
    throw error
  }
}

const replay = (seed: number): string =>
  `HEARSAY_SEED=${seed} npx pnpm exec vitest run --project @hearsay/simulator scenarios/epochs-fuzz`

async function act(fixture: EpochsCluster, random: Random): Promise<void> {
  const { simulation, members } = fixture
  const member = pick(random, members)
  const chance = random()
  if (!member) return
  const { name, open } = member
  if (chance < 0.15) {
    if (fixture.bursts < maxBursts) fixture.bring(member)
  } else if (chance < 0.27) {
    const sides = members.filter(() => random() < 0.5).map(each => each.name)
    fixture.note(`partition ${sides.join()}`)
    simulation.partition([sides])
  } else if (chance < 0.4) {
    fixture.note('heal')
    simulation.heal()
  } else if (chance < 0.47) {
    const isStored = random() < 0.6
    fixture.note(`stop ${name} ${isStored ? 'stored' : ''}`)
    await fixture.stop(member, { isStored })
  } else if (chance < 0.6) {
    const stopped = pick(
      random,
      members.filter(each => !fixture.isRunning(each)),
    )
    if (stopped) {
      fixture.note(`start ${stopped.name}`)
      fixture.start(stopped)
    }
  } else if (chance < 0.64) {
    fixture.note(`destroy ${name}`)
    fixture.close(member, 'destroy')
  } else if (chance < 0.68) {
    fixture.note(`leave ${name}`)
    fixture.close(member, 'leave')
  } else if (chance < 0.78) {
    fixture.note(`open ${name}`)
    await fixture.open(member)
  } else if (chance < 0.82) {
    fixture.note(`disconnect ${name}`)
    open?.provider.disconnect()
  } else if (chance < 0.87) {
    fixture.note(`connect ${name}`)
    open?.provider.connect()
  } else if (chance < 0.91) {
    fixture.note(`stall ${name}`)
    if (fixture.isRunning(member)) simulation.pause(name, random() * 15_000)
  } else if (chance < 0.95) simulation.dropGossip(1 + random() * 5_000, { rate: random() })
  else if (chance < 0.98 && member.hasStorage) {
    const type = pick<StorageFault['type']>(random, ['full', 'torn', 'deleted', 'io']) ?? 'full'
    fixture.note(`store of ${name}: ${type}`)
    if (type !== 'slow' && type !== 'crash') fixture.fail(member, { type })
  }
}

/** Restarts and reconnects all members. */
async function becomeEqual(fixture: EpochsCluster): Promise<void> {
  const { simulation, members } = fixture
  fixture.note('calm')
  simulation.heal()
  for (const member of members) fixture.start(member)
  await simulation.run(1_000)
  for (const member of members) {
    await fixture.open(member)
    member.open?.provider.connect()
  }
  const isSo = () => members.every(({ open }) => open?.provider.synced) && fixture.problems().length === 0
  for (let ms = 0; ms < becomesEqualMs && !isSo(); ms += lookMs) await simulation.run(lookMs)
  if (!isSo()) {
    const synced = members.map(
      ({ name, open }) => `${name} ${open?.provider.synced} ${open?.doc.store.clients.size}`,
    )
    throw new Error(`${fixture.problems().join('; ')}\n${synced.join(', ')}`)
  }
}

async function checkIdle(fixture: EpochsCluster): Promise<void> {
  const { simulation } = fixture
  await simulation.run(120_000)
  const before = simulation.sent().space
  await simulation.run(60_000)
  const bytes = Math.round((simulation.sent().space - before) / simulation.running.length)
  const transfers = simulation.running.filter(({ driver }) => (driver.spacesUsage()?.transfers ?? 0) > 0)
  const problems = fixture.problems()
  if (transfers.length > 0) problems.push(`${transfers.map(({ name }) => name).join()} transfer in idle`)
  if (bytes > 4_000) problems.push(`${bytes} B a minute and member in idle`)
  if (problems.length > 0) throw new Error(problems.join('; '))
}
