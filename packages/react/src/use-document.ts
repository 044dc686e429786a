import type { RoomDocument } from '@hearsay/core'
import { useMemo } from 'react'
import { useRoom } from './use-room.ts'

/** @typeParam None what stands for a document whose room is not entered */
export type UseDocument<None> = (name?: string) => RoomDocument | None

/**
 * One of the room's Yjs documents, opened at first use; without a name the room's own. Null: the room is not entered
 * yet. Renders for nothing that is written: give `doc`, `awareness` and `provider` to an editor's binding.
 */
export const useDocument: UseDocument<null> = (name = '') => {
  const room = useRoom()
  return useMemo(() => room?.document(name) ?? null, [room, name])
}
