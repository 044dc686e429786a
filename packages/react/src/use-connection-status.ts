import type { Health } from '@hearsay/core'
import { useContext } from 'react'
import { RoomContext, useSession } from './contexts.ts'
import { useAsyncState } from './use-async-state.ts'
import { useHealth } from './use-health.ts'
import { useSelf } from './use-self.ts'

/**
 * - `joining`: the cluster is not joined yet, or the room around the component not entered.
 * - `connected`: with at least one other member.
 * - `alone`: joined, and nobody else is here, as far as is known.
 * - `reconnecting`: others are here, as far as is known, and no connection to any of them stands.
 * - `left`: the cluster was left.
 * - `failed`: the cluster, or the room, could not be joined.
 */
export type ConnectionState = 'joining' | 'connected' | 'alone' | 'reconnecting' | 'left' | 'failed'

export interface ConnectionStatus {
  readonly status: ConnectionState
  /** Why it failed. */
  readonly error: Error | undefined
}

/** How it stands with the cluster, and with the room if the component is in one; at most a second old. Never waits. */
export function useConnectionStatus(): ConnectionStatus {
  const { cluster } = useSession()
  const outcome = useAsyncState<unknown>(useContext(RoomContext)?.source ?? cluster)
  const own = useSelf(({ status }) => status)
  const around = useHealth(stateOf)
  if (outcome.type === 'failed') return { status: 'failed', error: outcome.error }
  if (own === 'left') return { status: 'left', error: undefined }
  return { status: outcome.type === 'ready' && around ? around : 'joining', error: undefined }
}

function stateOf({ visible, connections }: Health): ConnectionState {
  if (connections > 0) return 'connected'
  return visible > 1 ? 'reconnecting' : 'alone'
}
