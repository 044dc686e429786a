/**
 * Health store: the state of this member. A snapshot is current whenever an app reads it, and stays the same object until a
 * figure changes.
 */
import type { Health } from '../api/health.ts'
import type { Problem } from '../api/problem.ts'
import { noRefusedFacts } from '../member/refused-facts.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { Engine } from '../runtime/engine.ts'
import { PeriodicStore } from './periodic-store.ts'
import { problemsOf } from './problems.ts'

/** The part that only the host knows: about connections and the local network. */
export type HostHealth = Pick<
  Health,
  | 'localDiscoveryError'
  | 'admissionError'
  | 'refusedConnections'
  | 'droppedConnections'
  | 'abortedStreams'
  | 'problems'
>

type Figures = Omit<Health, 'problems'>

const initialFigures: Figures = {
  localHealth: 0,
  pauses: 0,
  recentPauseMs: 0,
  silentConnections: 0,
  refutedSuspicions: 0,
  visible: 0,
  known: 0,
  identityCopied: false,
  partitionSuspected: false,
  cutOff: false,
  grantsEnd: undefined,
  connections: 0,
  full: false,
  provisional: 0,
  refusedFacts: noRefusedFacts,
  rejected: 0,
  limited: 0,
  clientIdCollisions: 0,
  storage: 'ok',
  storageError: undefined,
  localDiscoveryError: undefined,
  admissionError: undefined,
  refusedConnections: 0,
  droppedConnections: 0,
  abortedStreams: 0,
}

/**
 * @param engine the present engine; undefined before the member starts
 * @param runningMs how long the present engine has been running, in milliseconds
 * @param hostHealth takes the number of connected members
 */
export function createHealthStore(
  notifications: AppNotifications,
  engine: () => Engine | undefined,
  runningMs: () => number,
  hostHealth: (connections: number) => Partial<HostHealth>,
): PeriodicStore<Health> {
  return new PeriodicStore<Health>({
    notifications,
    initial: { ...initialFigures, problems: [] },
    compute(last) {
      const present = engine()
      if (!present) return last
      const ofEngine = engineHealth(present)
      const { problems: ofHost = [], ...host } = hostHealth(ofEngine.connections)
      const figures = { ...initialFigures, ...ofEngine, ...host }
      const problems = problemsOf(figures, ofHost, runningMs())
      const next = { ...figures, problems: isEqual(last.problems, problems) ? last.problems : problems }
      return isSame(last, next) ? last : next
    },
    maxAgeMs: 0,
  })
}

function engineHealth({ machine, driver, host }: Engine): Omit<Health, keyof HostHealth> {
  const { rejected = 0, limited = 0, collisions = 0 } = driver.spacesUsage() ?? {}
  const { state } = host.writes
  return {
    ...machine.health(),
    rejected,
    limited,
    clientIdCollisions: collisions,
    storage: state.status,
    storageError: state.status === 'failing' ? state.error.message : undefined,
  }
}

/** Whether all fields are equal. `refusedFacts` is one object until a count in it changes. */
function isSame(a: Health, b: Health): boolean {
  const keys = [...Object.keys(initialFigures), 'problems'] as (keyof Health)[]
  return keys.every(key => Object.is(a[key], b[key]))
}

function isEqual(a: readonly Problem[], b: readonly Problem[]): boolean {
  return a.length === b.length && a.every(({ text }, i) => text === b[i]?.text)
}
