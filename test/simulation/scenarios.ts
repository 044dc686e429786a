/** Scenarios for `pnpm sim`. Each begins with a converged cluster. */
import type { Simulation } from '@hearsay/simulator'

export interface Scenario {
  /** What happens, in a sentence. */
  readonly description: string
  /** Approximate length in virtual milliseconds. */
  readonly lengthMs: number
  /** `joining`: the scenario begins with the start of all members. */
  readonly start: 'joining' | 'warm'
  readonly play: (simulation: Simulation) => Promise<void>
}

const secondMs = 1_000
const minuteMs = 60_000

export const scenarios: Readonly<Record<string, Scenario>> = {
  join: {
    description: 'all members start at the same instant and know one address',
    lengthMs: 30 * secondMs,
    start: 'joining',
    play: simulation => simulation.run(30 * secondMs),
  },
  idle: {
    description: 'nothing happens',
    lengthMs: minuteMs,
    start: 'warm',
    play: simulation => simulation.run(minuteMs),
  },
  crash: {
    description: 'one process is killed',
    lengthMs: 20 * secondMs,
    start: 'warm',
    async play(simulation) {
      await simulation.run(5 * secondMs)
      simulation.crash('m1')
      await simulation.run(15 * secondMs)
    },
  },
  hang: {
    description: 'one process is paused for half a minute, and resumes',
    lengthMs: minuteMs,
    start: 'warm',
    async play(simulation) {
      await simulation.run(5 * secondMs)
      simulation.pause('m1', 30 * secondMs)
      await simulation.run(55 * secondMs)
    },
  },
  'partition-heal': {
    description: 'the network splits into halves for a minute, and heals',
    lengthMs: 2 * minuteMs,
    start: 'warm',
    async play(simulation) {
      await simulation.run(10 * secondMs)
      simulation.partition([names(simulation, i => i % 2 === 0), names(simulation, i => i % 2 === 1)])
      await simulation.run(minuteMs)
      simulation.heal()
      await simulation.run(50 * secondMs)
    },
  },
  'half-dies': {
    description: 'half of the processes are killed at the same instant',
    lengthMs: minuteMs,
    start: 'warm',
    async play(simulation) {
      await simulation.run(10 * secondMs)
      simulation.crash(names(simulation, i => i % 2 === 1))
      await simulation.run(50 * secondMs)
    },
  },
  'stop-and-go': {
    description: 'one process in eight is paused for 3 s in every 4 s, for two minutes',
    lengthMs: 3 * minuteMs,
    start: 'warm',
    async play(simulation) {
      await simulation.run(10 * secondMs)
      for (const name of names(simulation, i => i % 8 === 1)) stopAndGo(simulation, name, 2 * minuteMs)
      await simulation.run(2 * minuteMs + 50 * secondMs)
    },
  },
  loss: {
    description: '30 % of all packets are lost for a minute',
    lengthMs: 2 * minuteMs,
    start: 'warm',
    async play(simulation) {
      await simulation.run(10 * secondMs)
      const stop = simulation.loss(0.3)
      await simulation.run(minuteMs)
      stop()
      await simulation.run(50 * secondMs)
    },
  },
  churn: {
    description: 'every second a member leaves or is killed, and another one joins, for a minute',
    lengthMs: 2 * minuteMs,
    start: 'warm',
    async play(simulation) {
      await simulation.run(10 * secondMs)
      for (let round = 1; round <= 60; round++) {
        const [name] = names(simulation, i => i === round)
        if (name !== undefined && round % 2 === 0) simulation.crash(name)
        else if (name !== undefined) void simulation.leave(name)
        simulation.add()
        await simulation.run(secondMs)
      }
      await simulation.run(50 * secondMs)
    },
  },
}

function names(simulation: Simulation, isMeant: (index: number) => boolean): string[] {
  return simulation.members.filter((_, i) => isMeant(i)).map(({ name }) => name)
}

function stopAndGo(simulation: Simulation, name: string, forMs: number): void {
  const untilMs = simulation.nowMs + forMs
  const stop = (): void => {
    if (simulation.nowMs >= untilMs) return
    simulation.pause(name, 3 * secondMs)
    simulation.after(4 * secondMs, stop)
  }
  stop()
}
