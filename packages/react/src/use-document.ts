import type { RoomDocument } from '@hearsay/core'
import { useMemo } from 'react'
import { useRoom } from './use-room.ts'

/** @typeParam None what the hook returns before the room is joined */
export type UseDocument<None> = (name?: string) => RoomDocument | None

/**
 * A Yjs document of the room, opened at first use; without a name the room's default document. Null until the room is
 * joined. Edits do not render the component: give `doc`, `awareness` and `provider` to the binding of an editor.
 */
export const useDocument: UseDocument<null> = (name = '') => {
  const room = useRoom()
  return useMemo(() => room?.document(name) ?? null, [room, name])
}
