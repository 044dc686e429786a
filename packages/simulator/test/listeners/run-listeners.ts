/** Two members that share a room, a document and a config, and a third that starts and stops. */
import type { Cluster, Config, Room } from '@hearsay/core'
import { createSimulation, type Simulation } from '../../src/index.ts'

export interface Apps {
  readonly name: string
  readonly cluster: Cluster
  readonly room: Room
  readonly config: Config
}

/** The app's functions that the subject calls: a schema, and a seed of a document. */
export interface AppFunctions {
  validate: () => void
  seed: () => void
}

export interface ListenerFixture {
  readonly simulation: Simulation
  /** The member whose listeners are tested. */
  readonly subject: Apps
  readonly other: Apps
  /** Name of a member that is in neither room nor config. */
  readonly third: string
  readonly functions: AppFunctions
}

export async function openFixture(seed: number): Promise<ListenerFixture> {
  // The app awaits a few promises more than the invariant's bounds allow.
  const simulation = createSimulation({ seed, members: 4, start: 'warm', invariants: 'off' })
  const idOf = (name: string) => simulation.member(name).id
  // Of two members with one client id, the one with the greater id draws another.
  const [first = '', second = ''] = ['m1', 'm2'].sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1))
  const functions: AppFunctions = { validate() {}, seed() {} }
  const enter = async (name: string, options: object): Promise<Apps> => {
    const { cluster } = simulation.member(name)
    const room = await cluster.room('design')
    room.document('')
    return { name, cluster, room, config: (await cluster.config('flags', options)) as Config }
  }
  const validate = (value: unknown) => {
    functions.validate()
    return value === 'invalid' ? { issues: [{ message: 'invalid' }] } : { value }
  }
  const schema = { '~standard': { version: 1, vendor: 'test', validate } }
  const subject = await enter(first, { schema })
  const other = await enter(second, {})
  await simulation.run(3_000)
  return { simulation, subject, other, third: 'm3', functions }
}

/** Whether the process of the subject runs: its app may have left the cluster. */
export function isRunning({ simulation, subject }: ListenerFixture): boolean {
  return simulation.member(subject.name).isRunning
}
