import { useCallback } from 'react'
import { useRoomSession } from './contexts.ts'

/**
 * Returns a function that sends a value to all other members in the room; it always returns the same function. Calls
 * before the room is joined send nothing. The function throws what the room's `broadcast` throws.
 */
export function useBroadcast(): (value: unknown) => void {
  const { source } = useRoomSession()
  return useCallback(
    value => {
      const outcome = source.getSnapshot()
      if (outcome.type === 'ready') outcome.value.broadcast(value)
    },
    [source],
  )
}
