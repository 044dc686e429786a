/**
 * Drawing: the members on one of their rings, the connections between them, and the pointers of other tabs.
 *
 * All pages use the same layout, so a relative position means the same at any size.
 */
import { useCluster } from '@hearsay/react'
import { type PointerEvent, type ReactNode, useMemo, useState } from 'react'
import type { Point } from '../contract.ts'
import { asIds, useOthersMapped, useUpdatePresence } from '../demo/room.ts'
import { isPresentStatus, useMemberRows } from '../members/member-list.ts'
import { useSelection } from '../members/selection.tsx'
import { type Connection, connectionsBetween } from './connections.ts'
import { Cursors } from './cursors.tsx'
import { usePublishedConnections } from './local-connections.ts'
import { MemberNode } from './member-node.tsx'
import { ringCount, ringLayout } from './ring-layout.ts'
import './drawing.css'

const rings = Array.from({ length: ringCount }, (_, ring) => ring)

export function Drawing(): ReactNode {
  const rows = useMemberRows()
  const [ring, setRing] = useState(0)
  const ids = rows.map(({ id }) => id).join()
  const positions = useMemo(() => ringLayout(ids === '' ? [] : ids.split(','), ring), [ids, ring])
  return (
    <section className="panel drawing" aria-labelledby="drawing-title">
      <header>
        <h2 id="drawing-title">The cluster</h2>
        <fieldset className="rings">
          <legend className="hidden">The ring on which members are drawn</legend>
          {rings.map(each => (
            <label key={each}>
              <input type="radio" name="ring" checked={ring === each} onChange={() => setRing(each)} />
              <span>ring {each + 1}</span>
            </label>
          ))}
        </fieldset>
      </header>
      <DrawingArea>
        <Connections positions={positions} />
        {rows.map(person => {
          const at = positions.get(person.id)
          return at && <MemberNode key={person.id} row={person} at={at} />
        })}
        <Cursors />
      </DrawingArea>
    </section>
  )
}

/** The area in which this tab publishes its pointer. */
function DrawingArea({ children }: { children: ReactNode }): ReactNode {
  const show = useUpdatePresence()
  const showCursor = ({ currentTarget, clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    show({ cursor: { x: share(clientX - left, width), y: share(clientY - top, height) } })
  }
  return (
    <div className="stage" onPointerMove={showCursor} onPointerLeave={() => show({ cursor: null })}>
      {children}
    </div>
  )
}

function Connections({ positions }: { positions: ReadonlyMap<string, Point> }): ReactNode {
  const links = useConnections()
  const { selected } = useSelection()
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true">
      <circle className="ring" cx="50" cy="50" r="37" />
      {links.map(link => {
        const { from, to } = link
        const [start, end] = [positions.get(from), positions.get(to)]
        if (!start || !end) return null
        return (
          <path
            key={`${from} ${to}`}
            className="link"
            data-chosen={from === selected || to === selected}
            d={`M${percent(start)}L${percent(end)}`}
          />
        )
      })}
    </svg>
  )
}

/** Connections between present members; the last presence of departed members is ignored. */
function useConnections(): readonly Connection[] {
  const rows = useMemberRows()
  const selfId = useCluster()?.self.id
  const own = usePublishedConnections()
  const others = useOthersMapped(({ presence }) => asIds(presence.connections))
  return useMemo(() => {
    const shown = new Map<string, readonly string[]>()
    const published = new Map(others)
    for (const person of rows)
      if (isPresentStatus(person))
        shown.set(person.id, person.id === selfId ? own : (published.get(person.id) ?? []))
    return connectionsBetween(shown)
  }, [rows, selfId, own, others])
}

const percent = ({ x, y }: Point) => `${(x * 100).toFixed(2)} ${(y * 100).toFixed(2)}`
const share = (part: number, whole: number) => Math.min(1, Math.max(0, part / whole))
