import type { Health } from '@hearsay/core'

/** Member report: the state of one honest member, as its app sees it. */
export interface MemberReport {
  readonly residentMb: number
  /** Memory in use after a garbage collection. */
  readonly keptMb: number
  /** Ids of the members that the app sees alive, its own included. */
  readonly alive: readonly string[]
  readonly health: Health
  /** The text of the shared document. */
  readonly text: string
  /** The text of the document that only the first member writes. */
  readonly signedText: string
  /** The number of other members whose presence the app sees. */
  readonly present: number
  /** Why an honest write to the config failed; undefined: it succeeded. */
  readonly configError: string | undefined
}

const counters = [
  'refusedConnections',
  'droppedConnections',
  'abortedStreams',
  'rejected',
  'limited',
] as const

/** What the members refused or closed since the earlier reports, by counter, without counters that are 0. */
export function refusedSince(
  before: readonly (MemberReport | undefined)[],
  after: readonly (MemberReport | undefined)[],
): Readonly<Record<string, number>> {
  const earlier = refusedBy(before)
  const counts = Object.entries(refusedBy(after)).map(
    ([name, count]) => [name, count - (earlier[name] ?? 0)] as const,
  )
  // A member that was killed takes its counters with it.
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function refusedBy(reports: readonly (MemberReport | undefined)[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const report of reports) {
    if (!report) continue
    const { health } = report
    const counts = {
      ...Object.fromEntries(counters.map(name => [name, health[name]])),
      ...health.refusedFacts,
    }
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count
  }
  return total
}
