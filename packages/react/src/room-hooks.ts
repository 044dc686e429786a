/** Room hooks: the hooks whose types depend on the presence of a room. */
import type { ReactElement } from 'react'
import { RoomProvider, type RoomProviderProps } from './room-provider.tsx'
import type { AnyPresence } from './room-session.ts'
import { type UseOthers, useOthers } from './use-others.ts'
import { type UseOthersMapped, useOthersMapped } from './use-others-mapped.ts'
import { type UsePresence, usePresence } from './use-presence.ts'
import { type UseRoom, useRoom } from './use-room.ts'
import { type UseUpdatePresence, useUpdatePresence } from './use-update-presence.ts'

/**
 * The hooks that `createRoomHooks` returns. Each works as the export of the same name, with the presence type `P`.
 *
 * @typeParam P the presence of a member
 * @typeParam None what the hooks return before the room is joined
 */
export interface RoomHooks<P extends object, None = null> {
  /** Joins a room and gives it to the hooks below. */
  readonly RoomProvider: (props: RoomProviderProps<P>) => ReactElement
  /** The room itself. */
  readonly useRoom: UseRoom<P, None>
  /** The presence of the local member. */
  readonly usePresence: UsePresence<P>
  /** The function that changes the presence of the local member. */
  readonly useUpdatePresence: UseUpdatePresence<P>
  /** The presence of the other members. */
  readonly useOthers: UseOthers<P>
  /** One selected value for each of the other members. */
  readonly useOthersMapped: UseOthersMapped<P>
}

const hooks: RoomHooks<AnyPresence> = {
  RoomProvider,
  useRoom,
  usePresence,
  useUpdatePresence,
  useOthers,
  useOthersMapped,
}

/** The same hooks, for rooms in which the presence of a member is a `P`. Call it outside of components. */
export function createRoomHooks<P extends object>(): RoomHooks<P> {
  return hooks as unknown as RoomHooks<P>
}
