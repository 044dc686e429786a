/** Measures: the figures of the report, each a function of a size and a seed, from simulations. */
import { createSimulation, type Simulation, totalBytes } from '@hearsay/simulator'

export interface SettledFigures {
  readonly members: number
  readonly seed: number
  /**
   * The time from the kill or the pause until all other members consider the member dead, in milliseconds.
   */
  readonly crashMs: number
  readonly hangMs: number
  /** Bytes that a member sends per second while idle. */
  readonly idleBytes: number
  /** The part of `idleBytes` that consists of offers, answers and heartbeats. */
  readonly syncBytes: number
  readonly probeBytes: number
  /** Real milliseconds for one virtual second, while idle. */
  readonly costMs: number
  /** The peak memory of the process until the crash. */
  readonly peakMemoryMb: number
}

/**
 * Above this number of members, the run takes only one minute: each of 10,000 members stores each received
 * heartbeat.
 */
const many = 2_000
const stopMs = 120_000
const withinMs = 60_000

/** All figures of a converged cluster: its cost, and the time until a crash and a hang are detected. */
export async function settledFigures(members: number, seed: number): Promise<SettledFigures> {
  const isLarge = members > many
  // After this time all members send heartbeats at their steady interval.
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

  // This wait gives each seed another phase of the probes.
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
  // The loop first checks the last member that did not know about the death yet.
  let [doubtful] = others
  const isDead = (): boolean => {
    if (doubtful && doubtful.machine.member(id)?.status !== 'dead') return false
    doubtful = others.find(({ machine }) => machine.member(id)?.status !== 'dead')
    return doubtful === undefined
  }
  return simulation.runUntil(isDead, { withinMs })
}
