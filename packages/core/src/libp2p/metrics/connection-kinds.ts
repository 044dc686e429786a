/** Connection kinds: the admitted connections of a node, by transport. */
import type { Connection } from '@libp2p/interface'

export type ConnectionKind = 'tcp' | 'websocket' | 'webrtc' | 'relayed' | 'other'

export function countKinds(connections: readonly Connection[]): Record<ConnectionKind, number> {
  const counts: Record<ConnectionKind, number> = { tcp: 0, websocket: 0, webrtc: 0, relayed: 0, other: 0 }
  for (const connection of connections) counts[kindOf(connection)] += 1
  return counts
}

function kindOf({ remoteAddr, limits }: Pick<Connection, 'remoteAddr' | 'limits'>): ConnectionKind {
  const names = new Set(remoteAddr.getComponents().map(({ name }) => name))
  if (limits !== undefined) return 'relayed'
  if (names.has('webrtc') || names.has('webrtc-direct')) return 'webrtc'
  if (names.has('ws') || names.has('wss')) return 'websocket'
  return names.has('tcp') ? 'tcp' : 'other'
}
