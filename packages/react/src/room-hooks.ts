/** Room hooks: those that know what members show of themselves in a room. */
import type { ReactElement } from 'react'
import type { AnyPresence } from './any-presence.ts'
import { RoomProvider, type RoomProviderProps } from './room-provider.tsx'
import { type UseOthers, useOthers } from './use-others.ts'
import { type UseOthersMapped, useOthersMapped } from './use-others-mapped.ts'
import { type UsePresence, usePresence } from './use-presence.ts'
import { type UseRoom, useRoom } from './use-room.ts'
import { type UseUpdatePresence, useUpdatePresence } from './use-update-presence.ts'

/**
 * @typeParam P what members show of themselves
 * @typeParam None what stands for a room that is not entered
 */
export interface RoomHooks<P extends object, None = null> {
  readonly RoomProvider: (props: RoomProviderProps<P>) => ReactElement
  readonly useRoom: UseRoom<P, None>
  readonly usePresence: UsePresence<P>
  readonly useUpdatePresence: UseUpdatePresence<P>
  readonly useOthers: UseOthers<P>
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

/** The same hooks, for rooms in which members show a `P`. Call it outside of components. */
export function createRoomHooks<P extends object>(): RoomHooks<P> {
  return hooks as unknown as RoomHooks<P>
}
