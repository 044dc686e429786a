/** The hooks of the room that all members of the demo join. Presence of other members is validated before use. */
import { createRoomHooks, type RoomHooks } from '@hearsay/react'
import type { Point, Shown } from '../contract.ts'

export const { RoomProvider, useOthersMapped, usePresence, useRoom, useUpdatePresence }: RoomHooks<Shown> =
  createRoomHooks<Shown>()

export function asPoint(value: unknown): Point | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { x, y } = value as Partial<Point>
  return isShare(x) && isShare(y) ? { x, y } : undefined
}

export function asIds(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(id => typeof id === 'string') : []
}

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
