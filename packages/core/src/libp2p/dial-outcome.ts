/**
 * Dial outcome: what a failed dial says about the other end, and about us.
 *
 * It is a refusal only when every address was refused: one that merely did not answer may be a partition. A WebSocket
 * never says why it failed, so what the others say counts.
 */
const refusedCodes = new Set(['ECONNREFUSED'])
const networkDownCodes = new Set(['ENETUNREACH', 'ENETDOWN'])

export function dialOutcome(error: unknown): 'refused' | 'unreachable' | 'network-down' {
  const causes = causesOf(error).filter(tells)
  if (causes.length > 0 && causes.every(isRefusal)) return 'refused'
  if (causes.length > 0 && causes.every(cause => networkDownCodes.has(codeOf(cause)))) return 'network-down'
  return 'unreachable'
}

/** Somebody else answers there now: for the member it is the same as nobody. */
function isRefusal(cause: unknown): boolean {
  return refusedCodes.has(codeOf(cause)) || (cause instanceof Error && cause.name === 'UnexpectedPeerError')
}

/** WebSockets fail with an event, and keep its reason from scripts. */
const tells = (cause: unknown): boolean => cause instanceof Error

function causesOf(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(causesOf) : [error]
}

/** libp2p wraps some system errors and keeps only their text. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return /\bE[A-Z]{4,}\b/.exec(cause.message)?.[0] ?? ''
}
