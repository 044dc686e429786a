import type { RoomEvent } from '@hearsay/core'
import { useEffect, useRef } from 'react'
import { useRoom } from './use-room.ts'

/**
 * Calls the listener with each event that another member broadcasts in the room. The listener of the latest render is
 * called. Events do not render the component.
 */
export function useEvent(listener: (event: RoomEvent) => void): void {
  const room = useRoom()
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const onEvent = ({ detail }: CustomEvent<RoomEvent>) => latest.current(detail)
    room?.events.addEventListener('event', onEvent)
    return () => room?.events.removeEventListener('event', onEvent)
  }, [room])
}
