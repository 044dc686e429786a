/**
 * Drawing: the members on one of their rings, and connections between them.
 *
 * All pages use the same layout, so a relative position means the same at any size.
 */
import { type PointerEventHandler, type ReactNode, useMemo, useState } from 'react'
import type { Point } from '../contract.ts'
import { useMemberRows } from '../members/member-list.ts'
import { useSelection } from '../members/selection.tsx'
import type { Connection } from './connections.ts'
import { DenseRing } from './dense-ring.tsx'
import { MemberNode } from './member-node.tsx'
import { ringCount, ringLayout } from './ring-layout.ts'
import './drawing.css'

const rings = Array.from({ length: ringCount }, (_, ring) => ring)
/** Our choice: the labels of more members overlap. */
const maxLabelled = 24

export interface DrawingProps {
  readonly connections: readonly Connection[]
  /** Whether a member pulses at each of its heartbeats. */
  readonly showsHeartbeats: boolean
  readonly onPointerMove?: PointerEventHandler
  readonly onPointerLeave?: PointerEventHandler
  /** Drawn above the members. */
  readonly children?: ReactNode
}

export function Drawing({ connections, showsHeartbeats, children, ...pointer }: DrawingProps): ReactNode {
  const rows = useMemberRows()
  const [ring, setRing] = useState(0)
  const ids = useMemo(() => rows.map(({ id }) => id).sort(), [rows]).join()
  const layout = useMemo(() => ringLayout(ids === '' ? [] : ids.split(','), ring), [ids, ring])
  const { positions } = layout
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
      <div className="stage" {...pointer}>
        {rows.length > maxLabelled ? (
          <DenseRing rows={rows} layout={layout}>
            <Lines connections={connections} positions={positions} />
          </DenseRing>
        ) : (
          <>
            <svg viewBox="0 0 100 100" aria-hidden="true">
              <circle className="ring" cx="50" cy="50" r="37" />
              <Lines connections={connections} positions={positions} />
            </svg>
            {rows.map(row => {
              const at = positions.get(row.id)
              return at && <MemberNode key={row.id} row={row} at={at} showsHeartbeats={showsHeartbeats} />
            })}
          </>
        )}
        {children}
      </div>
    </section>
  )
}

interface LinesProps {
  readonly connections: readonly Connection[]
  readonly positions: ReadonlyMap<string, Point>
}

function Lines({ connections, positions }: LinesProps): ReactNode {
  const { selected } = useSelection()
  return connections.map(({ from, to }) => {
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
  })
}

const percent = ({ x, y }: Point) => `${(x * 100).toFixed(2)} ${(y * 100).toFixed(2)}`
