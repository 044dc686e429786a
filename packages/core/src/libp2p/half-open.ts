/**
 * Half-open: a connection that the other end has lost without closing it, for instance because its network changed.
 *
 * No member dials while it has a connection, so a newer connection is a reason to ping over the older one. The older one is
 * closed only if it stays silent while the newer one answers: a slow member, or a slow local computer, is not silent. A
 * connection that both ends have is answered, so two members that dialled each other at the same time close nothing.
 */
import type { Connection } from '@libp2p/interface'
import { protocols } from './frame-stream.ts'

/** How much later the older connection may answer than the newer one. */
const pingTimeoutMs = 5_000
/** If the newer connection takes longer, nothing is concluded. */
const newerTimeoutMs = 30_000

/** After a change of the local network. Longer than a probe and than the first two retransmissions of TCP. */
const silentAfterMs = 4_000

/** Closes a connection that does not answer. */
export async function closeIfUnresponsive(connection: Connection): Promise<void> {
  const signal = AbortSignal.timeout(silentAfterMs)
  if (!(await answers(connection, signal)))
    connection.abort(new Error('half-open: no answer since the network changed'))
}

/** Closes the older connection if it is half-open. Resolves with whether it was. */
export async function closeIfHalfOpen(older: Connection, newer: Connection): Promise<boolean> {
  const timeout = new AbortController()
  const olderAnswers = answers(older, timeout.signal)
  const newerAnswers = await answers(newer, AbortSignal.timeout(newerTimeoutMs))
  const timer = setTimeout(() => timeout.abort(), pingTimeoutMs)
  const isHalfOpen = newerAnswers && !(await olderAnswers)
  clearTimeout(timer)
  timeout.abort()
  if (isHalfOpen) older.abort(new Error('half-open: only the newer connection answers'))
  return isHalfOpen
}

/** Whether a stream opens before the signal aborts. Any other failure is an answer, or the connection has closed. */
async function answers(connection: Connection, signal: AbortSignal): Promise<boolean> {
  try {
    const stream = await connection.newStream(protocols.probe, { signal })
    stream.close().catch(() => {})
  } catch {
    return !signal.aborted
  }
  return true
}
