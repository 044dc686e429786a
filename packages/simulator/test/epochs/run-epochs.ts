/** Runs one random schedule, and checks the conditions that must hold in the end. */
import type { StorageFault } from '../../src/index.ts'
import { EpochsStage, pick, type Random } from './epochs-cluster.ts'

const maxBursts = 4
const becomesEqualMs = 400_000
const lookMs = 5_000

/** @returns the hash of the trace */
export async function runEpochs(seed: number, random: Random): Promise<string> {
  const stage = new EpochsStage(seed, 3 + Math.floor(random() * 6), random)
  try {
    for (const seat of stage.seats) if (random() < 0.7) await stage.open(seat)
    const steps = 20 + Math.floor(random() * 30)
    for (let step = 0; step < steps; step++) {
      for (const seat of stage.seats) while (random() < 0.3) stage.edit(seat)
      await act(stage, random)
      await stage.simulation.run(random() * (random() < 0.3 ? 30_000 : 2_000))
    }
    await becomeEqual(stage)
    await checkIdle(stage)
    return stage.simulation.trace.hash
  } catch (error) {
    if (error instanceof Error) error.message = `${stage.log.join('\n')}\n${replay(seed)}\n${error.message}`
    throw error
  }
}

const replay = (seed: number): string =>
  `HEARSAY_SEED=${seed} npx pnpm exec vitest run --project @hearsay/simulator scenarios/epochs-fuzz`

async function act(stage: EpochsStage, random: Random): Promise<void> {
  const { simulation, seats } = stage
  const seat = pick(random, seats)
  const chance = random()
  if (!seat) return
  const { name, open } = seat
  if (chance < 0.15) {
    if (stage.bursts < maxBursts) stage.bring(seat)
  } else if (chance < 0.27) {
    const sides = seats.filter(() => random() < 0.5).map(each => each.name)
    stage.note(`partition ${sides.join()}`)
    simulation.partition([sides])
  } else if (chance < 0.4) {
    stage.note('heal')
    simulation.heal()
  } else if (chance < 0.47) {
    const isStored = random() < 0.6
    stage.note(`stop ${name} ${isStored ? 'stored' : ''}`)
    await stage.stop(seat, { isStored })
  } else if (chance < 0.6) {
    const stopped = pick(
      random,
      seats.filter(each => !stage.isRunning(each)),
    )
    if (stopped) {
      stage.note(`start ${stopped.name}`)
      stage.start(stopped)
    }
  } else if (chance < 0.64) {
    stage.note(`destroy ${name}`)
    stage.close(seat, 'destroy')
  } else if (chance < 0.68) {
    stage.note(`leave ${name}`)
    stage.close(seat, 'leave')
  } else if (chance < 0.78) {
    stage.note(`open ${name}`)
    await stage.open(seat)
  } else if (chance < 0.82) {
    stage.note(`disconnect ${name}`)
    open?.provider.disconnect()
  } else if (chance < 0.87) {
    stage.note(`connect ${name}`)
    open?.provider.connect()
  } else if (chance < 0.91) {
    stage.note(`stall ${name}`)
    if (stage.isRunning(seat)) simulation.pause(name, random() * 15_000)
  } else if (chance < 0.95) simulation.dropGossip(1 + random() * 5_000, { rate: random() })
  else if (chance < 0.98 && seat.hasStorage) {
    const type = pick<StorageFault['type']>(random, ['full', 'torn', 'deleted', 'io']) ?? 'full'
    stage.note(`store of ${name}: ${type}`)
    if (type !== 'slow' && type !== 'crash') stage.fail(seat, { type })
  }
}

/** Restarts and reconnects all members. */
async function becomeEqual(stage: EpochsStage): Promise<void> {
  const { simulation, seats } = stage
  stage.note('calm')
  simulation.heal()
  for (const seat of seats) stage.start(seat)
  await simulation.run(1_000)
  for (const seat of seats) {
    await stage.open(seat)
    seat.open?.provider.connect()
  }
  const isSo = () => seats.every(({ open }) => open?.provider.synced) && stage.problems().length === 0
  for (let ms = 0; ms < becomesEqualMs && !isSo(); ms += lookMs) await simulation.run(lookMs)
  if (!isSo()) {
    const synced = seats.map(
      ({ name, open }) => `${name} ${open?.provider.synced} ${open?.doc.store.clients.size}`,
    )
    throw new Error(`${stage.problems().join('; ')}\n${synced.join(', ')}`)
  }
}

async function checkIdle(stage: EpochsStage): Promise<void> {
  const { simulation } = stage
  await simulation.run(120_000)
  const before = simulation.sent().space
  await simulation.run(60_000)
  const bytes = Math.round((simulation.sent().space - before) / simulation.running.length)
  const transfers = simulation.running.filter(({ driver }) => (driver.spacesUsage()?.transfers ?? 0) > 0)
  const problems = stage.problems()
  if (transfers.length > 0) problems.push(`${transfers.map(({ name }) => name).join()} transfer in idle`)
  if (bytes > 4_000) problems.push(`${bytes} B a minute and member in idle`)
  if (problems.length > 0) throw new Error(problems.join('; '))
}
