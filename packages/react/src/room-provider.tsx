/** RoomProvider: the room that the hooks below it are about. */
import { type ReactElement, type ReactNode, useEffect, useMemo } from 'react'
import { checkPresence } from './any-presence.ts'
import { RoomContext, useSession } from './contexts.ts'
import { RoomSession } from './room-session.ts'
import { useReady } from './use-async-state.ts'

export interface RoomProviderProps<P extends object> {
  /** Providers of one name enter the room once, and leave it a second after the last of them is gone for good. */
  readonly name: string
  /** What this member shows from the moment it enters; later changes of it count for nothing. */
  readonly presence?: Readonly<Partial<P>>
  readonly children?: ReactNode
}

export function RoomProvider<P extends object>({
  name,
  presence,
  children,
}: RoomProviderProps<P>): ReactElement {
  const session = useSession()
  if (presence !== undefined) checkPresence('RoomProvider: presence', presence)
  // biome-ignore lint/correctness/useExhaustiveDependencies: presence as it is on entering
  const roomSession = useMemo(() => new RoomSession(session.room(name, presence ?? {})), [session, name])
  useEffect(() => roomSession.source.retain(), [roomSession])
  const room = useReady(roomSession.source)
  useEffect(() => {
    if (room) flushPending(roomSession)
  }, [room, roomSession])
  return <RoomContext.Provider value={roomSession}>{children}</RoomContext.Provider>
}

/** Whoever wrote what cannot be shown is gone by now: it is no reason to take the room off the page. */
function flushPending(roomSession: RoomSession): void {
  try {
    roomSession.flushPending()
  } catch (error) {
    console.error('presence set by useUpdatePresence before the room was joined cannot be published:', error)
  }
}
