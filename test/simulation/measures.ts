/** Measures: the figures of the report, each a function of a size and a seed, from runs of the simulator. */
import { createSimulation, type Simulation, totalBytes } from '@hearsay/simulator'

export interface SettledFigures {
  readonly members: number
  readonly seed: number
  /** From the kill, or the stop, until everybody else holds it dead, in milliseconds. */
  readonly crashMs: number
  readonly hangMs: number
  /** A second and member, while nothing happens. */
  readonly idleBytes: number
  /** Of these, offers, answers and beats. */
  readonly syncBytes: number
  readonly probeBytes: number
  /** Real milliseconds for one virtual second, while nothing happens. */
  readonly costMs: number
  /** Of the process, until the crash. */
  readonly peakMemoryMb: number
}

/** Among more, a minute in all: each beat that everybody heard is kept 10,000 times. */
const many = 2_000
const stopMs = 120_000
const withinMs = 60_000

/** All that is asked of a cluster that stands: what it costs, and how soon a crash and a hang are known. */
export async function settledFigures(members: number, seed: number): Promise<SettledFigures> {
  const isLarge = members > many
  // By then beats come at their steady pace everywhere.
  const warmMs = isLarge ? 40_000 : 60_000
  const idleMs = isLarge ? 20_000 : 60_000
  const invariants = isLarge ? 'off' : {}
  const simulation = createSimulation({ seed, members, start: 'warm', invariants })
  await simulation.run(warmMs)
  const before = simulation.sent()
  const startedMs = performance.now()
  await simulation.run(idleMs)
  const costMs = ((performance.now() - startedMs) / idleMs) * 1_000
  const after = simulation.sent()
  const aSecond = (bytes: number) => bytes / members / (idleMs / 1_000)

  // Not all at the same phase of the probes.
  await simulation.run(137 * (seed % 10))
  simulation.crash('m1')
  const peakMemoryMb = process.resourceUsage().maxRSS / 1_024
  const crashMs = await untilDead(simulation, 'm1')
  await simulation.run(10_000 + 137 * (seed % 10))
  const victim = members > 2 ? 'm2' : 'm0'
  simulation.pause(victim, stopMs)
  const hangMs = await untilDead(simulation, victim)
  return {
    members,
    seed,
    crashMs,
    hangMs,
    idleBytes: aSecond(totalBytes(after) - totalBytes(before)),
    syncBytes: aSecond(after.sync - before.sync),
    probeBytes: aSecond(after.probe - before.probe),
    costMs,
    peakMemoryMb,
  }
}

function untilDead(simulation: Simulation, name: string): Promise<number> {
  const { id } = simulation.member(name)
  const others = simulation.running.filter(member => member.name !== name)
  // Whoever was last not to know is asked first.
  let [doubtful] = others
  const isDead = (): boolean => {
    if (doubtful && doubtful.machine.member(id)?.status !== 'dead') return false
    doubtful = others.find(({ machine }) => machine.member(id)?.status !== 'dead')
    return doubtful === undefined
  }
  return simulation.runUntil(isDead, { withinMs })
}
