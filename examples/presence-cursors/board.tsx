/** Board: the members in the room and their pointers. */
import { createRoomHooks, type RoomHooks, useConnectionStatus } from '@hearsay/react'
import { type PointerEvent, type ReactNode, useState } from 'react'
import { Invite } from './invite.tsx'

/** The presence of a member. Positions are 0 to 1, from the left and from the top. */
interface Shown {
  name: string
  color: string
  cursor: { x: number; y: number } | null
}

const { RoomProvider, useOthers, useOthersMapped, usePresence, useUpdatePresence }: RoomHooks<Shown> =
  createRoomHooks<Shown>()

const animals = ['badger', 'crane', 'dormouse', 'finch', 'hare', 'lynx', 'otter', 'raven', 'stoat', 'wren']
const colors = ['#a8323e', '#8a4b00', '#3d6b1f', '#0b6b63', '#2257b8', '#6b3fb0', '#a02a7d']
const oneOf = (list: readonly string[]) => list[Math.floor(Math.random() * list.length)] as string
/** The same in all tabs of this browser. */
const chosen = (key: string, list: readonly string[]): string => {
  const value = localStorage.getItem(key) ?? oneOf(list)
  localStorage.setItem(key, value)
  return value
}

export function Board(): ReactNode {
  const [presence] = useState<Shown>(() => ({
    name: chosen('name', animals),
    color: chosen('color', colors),
    cursor: null,
  }))
  return (
    <RoomProvider name="board" presence={presence}>
      <header>
        <h1>Presence and cursors</h1>
        <Status />
        <Invite />
        <Avatars />
      </header>
      <Surface />
    </RoomProvider>
  )
}

function Status(): ReactNode {
  const { status, error } = useConnectionStatus()
  return <p role="status">{error?.message ?? status}</p>
}

function Avatars(): ReactNode {
  const own = usePresence()
  const others = useOthers()
  return (
    <ul aria-label="Who is here">
      <Avatar shown={own} note=" (you)" />
      {others.map(({ id, presence }) => (
        <Avatar key={id} shown={presence} />
      ))}
    </ul>
  )
}

function Avatar({ shown, note = '' }: { shown: Partial<Shown>; note?: string }): ReactNode {
  // A member appears a moment before its presence.
  if (!shown.name) return null
  const name = `${shown.name}${note}`
  return (
    <li title={name} style={{ background: shown.color }}>
      <span aria-hidden="true">{name.slice(0, 1)}</span>
      <span className="hidden">{name}</span>
    </li>
  )
}

function Surface(): ReactNode {
  const show = useUpdatePresence()
  const point = ({ currentTarget, clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    show({ cursor: { x: (clientX - left) / width, y: (clientY - top) / height } })
  }
  return (
    <main onPointerMove={point} onPointerDown={point} onPointerLeave={() => show({ cursor: null })}>
      <p>Move your pointer here, with this page open in another browser, too.</p>
      <Cursors />
    </main>
  )
}

function Cursors(): ReactNode {
  const others = useOthersMapped(({ presence }) => presence)
  return others.map(
    ([id, { name, color, cursor }]) =>
      cursor &&
      name && (
        <div
          key={id}
          className="cursor"
          style={{ left: `${cursor.x * 100}%`, top: `${cursor.y * 100}%`, color }}
        >
          <svg viewBox="0 0 12 18" aria-hidden="true">
            <path d="M1 1 11 10.5 6.2 11 9 16.4 6.9 17.4 4.2 12 1 15.3Z" />
          </svg>
          <b style={{ background: color }}>{name}</b>
        </div>
      ),
  )
}
