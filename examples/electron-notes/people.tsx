/** People: the devices that have the note open, with the number of their windows. */
import { useConnectionStatus, useMember, useOthersMapped, useSelf } from '@hearsay/react'
import type { ReactNode } from 'react'

export function People(): ReactNode {
  const { status, error } = useConnectionStatus()
  const self = useSelf(({ id }) => id)
  const others = useOthersMapped(({ views }) => views.length)
  return (
    <>
      <p role="status">{error?.message ?? status}</p>
      <ul aria-label="Who is here">
        {self && <Person id={self} note="this device" />}
        {others.map(([id, windows]) => (
          <Person key={id} id={id} note={windows > 1 ? `${windows} windows` : ''} />
        ))}
      </ul>
    </>
  )
}

function Person({ id, note }: { readonly id: string; readonly note: string }): ReactNode {
  const name = useMember(id, ({ name }) => name)
  const state = useMember(id, ({ attention }) => attention.state)
  const notes = [note, state === 'asleep' ? 'asleep' : ''].filter(Boolean).join(', ')
  return (
    <li>
      {name}
      {notes && ` (${notes})`}
    </li>
  )
}
