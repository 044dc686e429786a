/** Cursors: the pointers of other tabs in the drawing. */
import { useMembers } from '@hearsay/react'
import type { ReactNode } from 'react'
import { hueOf } from '../members/status-mark.tsx'
import { asPoint, useOthersMapped } from './room.ts'

export function Cursors(): ReactNode {
  const cursors = useOthersMapped(({ presence }) => presence.cursor ?? null)
  return cursors.map(([id, cursor]) => {
    const at = asPoint(cursor)
    return (
      at && (
        <span
          key={id}
          className="cursor"
          aria-hidden="true"
          style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%`, '--hue': hueOf(id) }}
        >
          <svg viewBox="0 0 12 18" aria-hidden="true">
            <path d="M1 1 11 10.5 6.2 11 9 16.4 6.9 17.4 4.2 12 1 15.3Z" />
          </svg>
          <b>
            <NameOf id={id} />
          </b>
        </span>
      )
    )
  })
}

function NameOf({ id }: { id: string }): ReactNode {
  return useMembers(members => members.find(member => member.id === id)?.name ?? '')
}
