/**
 * Half-open: a connection that the other end lost without a word, as when its network changed.
 *
 * Nobody dials while a connection stands, so a further one gives reason to ask for the older. Only silence closes
 * one: what both ends have is answered, so that two that dialled each other at once do not close each other's.
 */
import type { Connection } from '@libp2p/interface'
import { protocols } from './protocols.ts'

const answerTimeoutMs = 5_000

/** Resolves with whether it was half-open, and is closed now. */
export async function closeIfHalfOpen(connection: Connection): Promise<boolean> {
  const signal = AbortSignal.timeout(answerTimeoutMs)
  try {
    const stream = await connection.newStream(protocols.probe, { signal })
    stream.close().catch(() => {})
  } catch (error) {
    // Any other failure is an answer, or the connection has ended by itself.
    if (signal.aborted) connection.abort(error instanceof Error ? error : new Error(String(error)))
  }
  return signal.aborted
}
