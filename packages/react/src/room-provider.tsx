/** RoomProvider: gives a room to the hooks below it. */
import type { RoomOptions } from '@hearsay/core'
import { type ReactElement, type ReactNode, useEffect, useMemo } from 'react'
import { RoomContext, useSession } from './contexts.ts'
import { checkPresence, RoomSession } from './room-session.ts'
import { useReady } from './use-async-state.ts'

/** What `RoomProvider` takes. */
export interface RoomProviderProps<P extends object> {
  /**
   * The name of the room, as `cluster.room` takes it. Several providers of one name share one room. 1 s after the last of
   * them unmounts, the fields of presence that providers and hooks have set disappear, and the room is left, unless the app
   * itself has it open.
   */
  readonly name: string
  /** The presence of the local member at the moment it joins the room. Later changes of this prop have no effect. */
  readonly presence?: Readonly<Partial<P>>
  /**
   * The options of the room, as `cluster.room` takes them. Define the object once, outside of components: providers of one
   * name must pass the same one.
   */
  readonly options?: RoomOptions
  /** The components whose hooks use this room. */
  readonly children?: ReactNode
}

/** Joins the room and gives it to all hooks below. Renders its children at once, before the room is joined. */
export function RoomProvider<P extends object>({
  name,
  presence,
  options,
  children,
}: RoomProviderProps<P>): ReactElement {
  const session = useSession()
  if (presence !== undefined) checkPresence('RoomProvider: presence', presence)
  // biome-ignore lint/correctness/useExhaustiveDependencies: presence counts only at the moment of joining
  const roomSession = useMemo(
    () => new RoomSession(session.room(name, presence ?? {}, options)),
    [session, name, options],
  )
  useEffect(() => roomSession.source.retain(), [roomSession])
  const room = useReady(roomSession.source)
  useEffect(() => {
    if (room) flushPending(roomSession)
  }, [room, roomSession])
  return <RoomContext.Provider value={roomSession}>{children}</RoomContext.Provider>
}

/** Logs an invalid value: the caller of useUpdatePresence has returned already, and the room works without the value. */
function flushPending(roomSession: RoomSession): void {
  try {
    roomSession.flushPending()
  } catch (error) {
    console.error('presence set by useUpdatePresence before the room was joined cannot be published:', error)
  }
}
