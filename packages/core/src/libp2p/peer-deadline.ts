/**
 * Peer deadline: the time by which a peer must have sent something.
 *
 * A timer that fires late shows that the local machine was busy or suspended, so the peer's bytes may wait unread. Then
 * the peer gets the whole time again.
 */

/** Our choice: more than a busy event loop delays a timer, and less than any deadline here. */
const lateMs = 500

/** Calls `missed` after `ms`, unless the returned function ends the deadline before. */
export function startPeerDeadline(ms: number, missed: () => void): () => void {
  const dueMs = performance.now() + ms
  let end = () => clearTimeout(timer)
  const timer = setTimeout(() => {
    if (performance.now() - dueMs > lateMs) end = startPeerDeadline(ms, missed)
    else missed()
  }, ms)
  return () => end()
}
