/**
 * Dial outcome: what a failed dial shows about the other member and about the local network.
 *
 * The outcome is `refused` only if every conclusive address was refused: an address that did not answer may be behind a
 * partition. Two failures are inconclusive: that of a WebSocket, which hides its reason, and an answer by another peer,
 * because container bridges and load balancers share addresses.
 */
const refusedCodes = new Set(['ECONNREFUSED'])
const networkDownCodes = new Set(['ENETUNREACH', 'ENETDOWN'])

export function dialOutcome(error: unknown): 'refused' | 'unreachable' | 'network-down' {
  const codes = causesOf(error).filter(hasCode).map(codeOf)
  if (codes.length > 0 && codes.every(code => refusedCodes.has(code))) return 'refused'
  if (codes.length > 0 && codes.every(code => networkDownCodes.has(code))) return 'network-down'
  return 'unreachable'
}

/** Whether the failure is conclusive. A WebSocket fails with an event, which hides the reason from scripts. */
const hasCode = (cause: unknown): boolean => cause instanceof Error && cause.name !== 'UnexpectedPeerError'

function causesOf(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(causesOf) : [error]
}

/** The code of the system error. libp2p wraps some of these errors and keeps only their text. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return /\bE[A-Z]{4,}\b/.exec(cause.message)?.[0] ?? ''
}
