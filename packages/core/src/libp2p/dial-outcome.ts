/**
 * Dial outcome: what a failed dial says about the other end, and about us.
 *
 * It is a refusal only when every address that says something was refused: one that merely did not answer may be a
 * partition. Nothing is said by a WebSocket, which never tells why it failed, nor by an address where another peer
 * answers: addresses are shared, as those of container bridges and load balancers.
 */
const refusedCodes = new Set(['ECONNREFUSED'])
const networkDownCodes = new Set(['ENETUNREACH', 'ENETDOWN'])

export function dialOutcome(error: unknown): 'refused' | 'unreachable' | 'network-down' {
  const codes = causesOf(error).filter(hasCode).map(codeOf)
  if (codes.length > 0 && codes.every(code => refusedCodes.has(code))) return 'refused'
  if (codes.length > 0 && codes.every(code => networkDownCodes.has(code))) return 'network-down'
  return 'unreachable'
}

/** WebSockets fail with an event, and keep its reason from scripts. */
const hasCode = (cause: unknown): boolean => cause instanceof Error && cause.name !== 'UnexpectedPeerError'

function causesOf(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(causesOf) : [error]
}

/** libp2p wraps some system errors and keeps only their text. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return /\bE[A-Z]{4,}\b/.exec(cause.message)?.[0] ?? ''
}
