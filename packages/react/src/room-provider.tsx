/** RoomProvider: the room that the hooks below it are about. */
import { type ReactElement, type ReactNode, useEffect, useMemo } from 'react'
import { checkPresence } from './any-presence.ts'
import { RoomContext, useSession } from './contexts.ts'
import { RoomVisit } from './room-session.ts'
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
  const visit = useMemo(() => new RoomVisit(session.room(name, presence ?? {})), [session, name])
  useEffect(() => visit.source.hold(), [visit])
  const room = useReady(visit.source)
  useEffect(() => {
    if (room) sayUnsaid(visit)
  }, [room, visit])
  return <RoomContext.Provider value={visit}>{children}</RoomContext.Provider>
}

/** Whoever wrote what cannot be shown is gone by now: it is no reason to take the room off the page. */
function sayUnsaid(visit: RoomVisit): void {
  try {
    visit.sayUnsaid()
  } catch (error) {
    console.error('what useUpdatePresence was told before the room was entered cannot be shown:', error)
  }
}
