/** People: the members in the room, each in a colour. */
import { useConnectionStatus, useMember, useOthersMapped, useSelf } from '@hearsay/react'
import type { ReactNode } from 'react'

const colors = ['#a8323e', '#8a4b00', '#3d6b1f', '#0b6b63', '#2257b8', '#6b3fb0', '#a02a7d']

/** The same colour on all pages. */
export function colorOf(id: string): string {
  const sum = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  return colors[sum % colors.length] as string
}

export function People(): ReactNode {
  const { status, error } = useConnectionStatus()
  const self = useSelf(({ id }) => id)
  const others = useOthersMapped(() => true)
  return (
    <>
      <p role="status">{error?.message ?? status}</p>
      <ul className="people" aria-label="Who is here">
        {self && <Person id={self} note=" (you)" />}
        {others.map(([id]) => (
          <Person key={id} id={id} />
        ))}
      </ul>
    </>
  )
}

function Person({ id, note = '' }: { id: string; note?: string }): ReactNode {
  const name = useMember(id, ({ name }) => name)
  return (
    <li style={{ background: colorOf(id) }}>
      {name}
      {note}
    </li>
  )
}
