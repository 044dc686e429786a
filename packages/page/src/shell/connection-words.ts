/** Connection words: the state of the connection to the cluster, for people. */
import type { ConnectionState } from '@hearsay/react'

export const connectionWords: Record<ConnectionState, string> = {
  joining: 'joining …',
  connected: 'connected',
  refused: 'not admitted',
  alone: 'no other member is here',
  reconnecting: 'reconnecting …',
  left: 'left',
  failed: 'could not join',
}
