import type { Health } from '@hearsay/core'

/** Member report: the state of one honest member, as its app sees it. */
export interface MemberReport {
  readonly residentMb: number
  /** Memory in use after a garbage collection. */
  readonly keptMb: number
  /** Ids of the members that the app sees alive, its own included. */
  readonly alive: readonly string[]
  /** `suspect` events that the app received since the start. */
  readonly suspects: number
  readonly health: Health
  /** The text of the shared document. */
  readonly text: string
  /** The number of other members whose presence the app sees. */
  readonly present: number
  /** Why an honest write to the config failed; undefined: it succeeded. */
  readonly configError: string | undefined
}

const counters = ['refusedConnections', 'droppedConnections', 'abortedStreams', 'rejected'] as const

/** What the members refused or closed, by counter, without counters that are 0. */
export function refusedBy(reports: readonly MemberReport[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {}
  for (const { health } of reports) {
    const facts: unknown = Reflect.get(health, 'refusedFacts')
    const counts = { ...Object.fromEntries(counters.map(name => [name, health[name]])), ...Object(facts) }
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + Number(count)
  }
  return Object.fromEntries(Object.entries(total).filter(([, count]) => count > 0))
}
