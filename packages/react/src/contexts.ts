/** Contexts: the cluster and the room of a component. */
import { type Context, createContext, useContext } from 'react'
import type { RoomSession } from './room-session.ts'
import type { Session } from './session.ts'

export const SessionContext: Context<Session | null> = createContext<Session | null>(null)
export const RoomContext: Context<RoomSession | null> = createContext<RoomSession | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('put a <ClusterProvider> around this component')
  return session
}

export function useRoomSession(): RoomSession {
  const session = useContext(RoomContext)
  if (!session) throw new Error('put a <RoomProvider> around this component')
  return session
}
