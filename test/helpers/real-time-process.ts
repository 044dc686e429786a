/**
 * Real-time process: a simulated cluster in a process of its own, which serves the control socket of m0. However busy the
 * simulation is, the process that starts it is not.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { argv } from 'node:process'
import { serveControl } from '@hearsay/port/node'
import { startRealTime } from './real-time.ts'

/** What the process has simulated. */
export interface SimulatedState {
  readonly virtualMs: number
  /** The number of events of members at m0. */
  readonly events: number
  /** Epoch milliseconds by the members' clocks. */
  readonly epochMs: number
  /** CPU time of the process, in milliseconds. */
  readonly cpuMs: number
}

type Request =
  | { readonly do: 'state' | 'churn' | 'calm' }
  | { readonly do: 'crash'; readonly names: readonly string[] }

export interface RealTimeProcess {
  state(): Promise<SimulatedState>
  /** Crashes a member at once and every three seconds, or stops that. */
  churn(isOn: boolean): Promise<SimulatedState>
  crash(names: readonly string[]): Promise<SimulatedState>
  end(): Promise<void>
}

/** @param folder of the control socket @param ageMs virtual time that passes before this resolves */
export async function startRealTimeProcess(
  members: number,
  ageMs: number,
  folder: string,
): Promise<RealTimeProcess> {
  const child = fork(import.meta.filename, [`${members}`, `${ageMs}`, folder])
  const next = () => once(child, 'message').then(([state]) => state as SimulatedState)
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the simulation ended with ${code}`)
  })
  exited.catch(() => {})
  const request = (message: Request) => {
    const answered = Promise.race([next(), exited])
    child.send(message)
    return answered
  }
  await Promise.race([next(), exited])
  return {
    state: () => request({ do: 'state' }),
    churn: isOn => request({ do: isOn ? 'churn' : 'calm' }),
    crash: names => request({ do: 'crash', names }),
    async end() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function run(members: number, ageMs: number, folder: string): Promise<void> {
  const simulated = await startRealTime(members, ageMs)
  const { cluster, simulation } = simulated
  let events = 0
  for (const type of ['join', 'suspect', 'recover', 'fail'] as const)
    cluster.events.addEventListener(type, () => {
      events += 1
    })
  const control = await serveControl(cluster, { folder })
  let calm = () => {}
  const state = (): SimulatedState => {
    const { user, system } = process.cpuUsage()
    return {
      virtualMs: simulation.nowMs,
      events,
      epochMs: simulated.nowEpochMs(),
      cpuMs: (user + system) / 1_000,
    }
  }
  process.on('message', (request: Request) => {
    if (request.do === 'crash') simulation.crash([...request.names])
    if (request.do === 'churn' || request.do === 'calm') calm()
    if (request.do === 'churn') calm = simulated.churn()
    process.send?.(state())
  })
  // Nothing outlives the process.
  process.once('disconnect', () => {
    calm()
    void control.close().finally(() => process.exit(0))
  })
  process.send?.(state())
}

if (argv[1] === import.meta.filename) {
  const [, , members = '2', ageMs = '0', folder = '.'] = argv
  await run(Number(members), Number(ageMs), folder)
}
