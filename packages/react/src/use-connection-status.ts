import type { Health } from '@hearsay/core'
import { useContext, useMemo } from 'react'
import { RoomContext, useSession } from './contexts.ts'
import { useAsyncState } from './use-async-state.ts'
import { useHealth } from './use-health.ts'
import { useSelf } from './use-self.ts'

/**
 * - `joining`: the cluster, or the room around the component, is not joined yet.
 * - `connected`: this member has a connection to at least one other member.
 * - `refused`: the last peer that this member dialled did not admit it, or was not admitted, and no other member is
 *   connected. For instance, the two have different secrets. The member keeps dialling. Or this member's ticket has expired or
 *   was revoked, so that it is no member any more.
 * - `alone`: joined, and this member sees no other member.
 * - `reconnecting`: this member sees other members, and has no connection to any of them.
 * - `left`: this member left the cluster.
 * - `failed`: the cluster, or the room, could not be joined.
 */
export type ConnectionState =
  | 'joining'
  | 'connected'
  | 'refused'
  | 'alone'
  | 'reconnecting'
  | 'left'
  | 'failed'

/** What `useConnectionStatus` returns. */
export interface ConnectionStatus {
  /** The state of the connection to the cluster and, inside a `RoomProvider`, to the room. */
  readonly status: ConnectionState
  /** The reason, if the status is `failed` or `refused`. The message of a refusal says what to do. */
  readonly error: Error | undefined
}

/**
 * The connection to the cluster, and to the room if the component is inside a `RoomProvider`; at most 1 s old. Never
 * suspends.
 */
export function useConnectionStatus(): ConnectionStatus {
  const { cluster } = useSession()
  const outcome = useAsyncState<unknown>(useContext(RoomContext)?.source ?? cluster)
  const own = useSelf(({ status }) => status)
  const around = useHealth(stateOf)
  const reason = useHealth(reasonOf)
  const refusal = useMemo(() => (reason == null ? undefined : new Error(reason)), [reason])
  if (outcome.type === 'failed') return { status: 'failed', error: outcome.error }
  if (own === 'left') return { status: 'left', error: undefined }
  if (outcome.type !== 'ready' || !around) return { status: 'joining', error: undefined }
  return { status: around, error: around === 'refused' ? refusal : undefined }
}

function stateOf({ visible, connections, admissionError, grantsEnd }: Health): ConnectionState {
  if (grantsEnd !== undefined) return 'refused'
  if (connections > 0) return 'connected'
  if (admissionError !== undefined) return 'refused'
  return visible > 1 ? 'reconnecting' : 'alone'
}

/** Why this member is refused, with what to do about it. */
const reasonOf = ({ admissionError, grantsEnd, problems }: Health): string | undefined =>
  grantsEnd === undefined ? admissionError : problems.find(({ name }) => name === 'not-a-member')?.text
