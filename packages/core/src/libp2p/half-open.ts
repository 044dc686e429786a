/**
 * Half-open: a connection that the other end, or a firewall between, has lost without closing it.
 *
 * A member dials another member to which it has a connection only if that member does not answer. So when a newer
 * connection opens, the older one may be lost, and this member pings over both. The member closes the older connection only
 * if it stays silent while the newer one answers. A slow member, or a slow local computer, delays the answers on both. If
 * both ends have the older connection, it answers, so two members that dialled each other at the same time close nothing.
 */
import type { Connection } from '@libp2p/interface'
import { protocols } from './frame-stream.ts'
import { startPeerDeadline } from './peer-deadline.ts'

/** How long the older connection may stay silent after the newer one has answered. */
const pingTimeoutMs = 5_000
/** If the newer connection does not answer within this time, the older one stays open. */
const newerTimeoutMs = 30_000

/**
 * How long a connection may stay silent after a change of the local network. Our choice: longer than a probe,
 * and longer than the first two retransmissions of TCP.
 */
const silentAfterMs = 4_000

/** Closes a connection that does not answer. */
export async function closeIfUnresponsive(connection: Connection): Promise<void> {
  const timeout = new AbortController()
  const end = startPeerDeadline(silentAfterMs, () => timeout.abort())
  const isHalfOpen = !(await answers(connection, timeout.signal))
  end()
  if (isHalfOpen) connection.abort(new Error('half-open: no answer since the network changed'))
}

/** Closes the older connection if it is half-open. Resolves with true if it was half-open. */
export async function closeIfHalfOpen(older: Connection, newer: Connection): Promise<boolean> {
  const timeout = new AbortController()
  const olderAnswers = answers(older, timeout.signal)
  const newerAnswers = await answers(newer, AbortSignal.timeout(newerTimeoutMs))
  const end = startPeerDeadline(pingTimeoutMs, () => timeout.abort())
  const isHalfOpen = newerAnswers && !(await olderAnswers)
  end()
  timeout.abort()
  if (isHalfOpen) older.abort(new Error('half-open: only the newer connection answers'))
  return isHalfOpen
}

/**
 * Whether a stream opens before the signal aborts. A stream that fails earlier counts as an answer: the other
 * end refused it, or the connection is closed already.
 */
async function answers(connection: Connection, signal: AbortSignal): Promise<boolean> {
  try {
    const stream = await connection.newStream(protocols.probe, { signal })
    stream.close().catch(() => {})
  } catch {
    return !signal.aborted
  }
  return true
}
