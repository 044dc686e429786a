/**
 * Half-open: a connection that the other end lost without a word, as when its network changed.
 *
 * Nobody dials while a connection stands, so a newer one gives reason to ask over the older. Only silence closes
 * it, and only while the other end is known to answer: to be slow, or to have a slow machine oneself, is no
 * silence. What both ends have is answered, so that two that dialled each other at once close nothing.
 */
import type { Connection } from '@libp2p/interface'
import { protocols } from './protocols.ts'

/** How much later than over the newer connection an answer may come. */
const pingTimeoutMs = 5_000
/** Longer, and the newer connection does not answer either: nothing is known. */
const newerTimeoutMs = 30_000

/** After a change of one's own network. Longer than a probe takes, and than the first two repetitions of TCP. */
const silentAfterMs = 4_000

/** Closes a connection over which nothing comes back. */
export async function closeIfUnresponsive(connection: Connection): Promise<void> {
  const signal = AbortSignal.timeout(silentAfterMs)
  if (!(await answers(connection, signal)))
    connection.abort(new Error('half-open: nothing comes back since the network changed'))
}

/** Resolves with whether it was half-open, and is closed now. */
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

/** Whether a stream opens before the signal. Any other failure is an answer, or the connection's own end. */
async function answers(connection: Connection, signal: AbortSignal): Promise<boolean> {
  try {
    const stream = await connection.newStream(protocols.probe, { signal })
    stream.close().catch(() => {})
  } catch {
    return !signal.aborted
  }
  return true
}
