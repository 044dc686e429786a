/** First heartbeats: the heartbeats as they are now and after each change, for a while. */
import type { Cluster, Heartbeat } from '@hearsay/core'

/** Yields the first snapshot that has heartbeats, then each later one. Ends when the time is over. */
export async function* firstHeartbeats(
  { heartbeats }: Cluster,
  timeoutMs: number,
): AsyncGenerator<ReadonlyMap<string, Heartbeat>> {
  let wake = () => {}
  const unsubscribe = heartbeats.subscribe(() => wake())
  const timeout = AbortSignal.timeout(timeoutMs)
  timeout.addEventListener('abort', () => wake())
  try {
    while (!timeout.aborted) {
      const snapshot = heartbeats.getSnapshot()
      if (snapshot.size > 0) yield snapshot
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  } finally {
    unsubscribe()
  }
}
