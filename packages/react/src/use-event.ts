import type { RoomEvent } from '@hearsay/core'
import { useEffect, useRef } from 'react'
import { useRoom } from './use-room.ts'

/** Calls back with what others broadcast in the room; the function of the latest render is called. Renders nothing. */
export function useEvent(listener: (event: RoomEvent) => void): void {
  const room = useRoom()
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const heard = ({ detail }: CustomEvent<RoomEvent>) => latest.current(detail)
    room?.events.addEventListener('event', heard)
    return () => room?.events.removeEventListener('event', heard)
  }, [room])
}
