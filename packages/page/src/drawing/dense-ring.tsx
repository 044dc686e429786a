/**
 * Dense ring: a mark for each of many members. Only these have names: this member, the selected member, the member below the
 * pointer, and members that are suspected or dead. Keyboards and screen readers use the list of members instead.
 */
import { memo, type PointerEvent, type ReactNode, useMemo, useState } from 'react'
import type { Point } from '../contract.ts'
import type { MemberRow } from '../members/member-list.ts'
import { useSelection } from '../members/selection.tsx'
import { words } from '../members/status-mark.tsx'
import { placeNames } from './name-layout.ts'
import type { RingLayout } from './ring-layout.ts'

/** Our choice: more names overlap. */
const maxNamed = 12

interface DenseRingProps {
  readonly rows: readonly MemberRow[]
  readonly layout: RingLayout
  /** Drawn below the marks. */
  readonly children: ReactNode
}

export function DenseRing({ rows, layout, children }: DenseRingProps): ReactNode {
  const { positions, gap, innerRadius } = layout
  const { select } = useSelection()
  const [pointed, setPointed] = useState<string>()
  const nearest = ({ currentTarget, clientX, clientY }: PointerEvent<SVGSVGElement>) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    return nearestTo({ x: (clientX - left) / width, y: (clientY - top) / height }, layout)
  }
  return (
    <svg
      className="dense"
      viewBox="0 0 100 100"
      role="img"
      aria-label={`${rows.length} members on a ring. The list of members has them all.`}
      data-pointed={pointed !== undefined}
      onPointerMove={event => setPointed(nearest(event))}
      onPointerLeave={() => setPointed(undefined)}
      onPointerUp={event => {
        const id = nearest(event)
        if (id !== undefined) select(id)
      }}
    >
      {children}
      <Marks rows={rows} positions={positions} size={gap * 100} />
      <Names
        rows={rows}
        positions={positions}
        pointed={pointed}
        size={gap * 100}
        radius={innerRadius - gap}
      />
    </svg>
  )
}

interface MarksProps {
  readonly rows: readonly MemberRow[]
  readonly positions: ReadonlyMap<string, Point>
  readonly size: number
}

const Marks = memo(function Marks({ rows, positions, size }: MarksProps): ReactNode {
  const r = Math.min(1.6, size * 0.38)
  return rows.map(({ id, status }) => {
    const at = positions.get(id)
    return at && <Mark key={id} x={at.x} y={at.y} r={r} status={status} />
  })
})

interface MarkProps extends Point {
  readonly r: number
  readonly status: MemberRow['status']
}

/** A status has a shape of its own, so that it is seen without colours. */
const Mark = memo(function Mark({ x, y, r, status }: MarkProps): ReactNode {
  const [cx, cy] = [(x * 100).toFixed(2), (y * 100).toFixed(2)]
  if (status === 'alive' || status === 'left')
    return (
      <circle className="mark" data-status={status} cx={cx} cy={cy} r={status === 'left' ? r * 0.6 : r} />
    )
  const s = (r * 1.35).toFixed(2)
  const shape =
    status === 'dead'
      ? `m-${s} -${s}l${2 * +s} ${2 * +s}m0 -${2 * +s}l-${2 * +s} ${2 * +s}`
      : `m0 -${s}l${s} ${s}l-${s} ${s}l-${s} -${s}z`
  return <path className="mark" data-status={status} d={`M${cx} ${cy}${shape}`} />
})

interface NamesProps extends MarksProps {
  readonly pointed: string | undefined
  /** The distance of the names from the middle of the drawing: inside of all marks. */
  readonly radius: number
}

function Names({ rows, positions, pointed, size, radius }: NamesProps): ReactNode {
  const { selected } = useSelection()
  const named = useMemo(() => {
    const failing = rows.filter(({ status }) => status === 'suspect' || status === 'dead').slice(0, maxNamed)
    const chosen = rows.filter(({ id, isSelf }) => isSelf || id === selected || id === pointed)
    return [...new Set([...failing, ...chosen])]
  }, [rows, selected, pointed])
  const shown = named.flatMap(row => {
    const at = positions.get(row.id)
    return at ? [{ ...row, at, text: textOf(row) }] : []
  })
  const places = placeNames(shown, radius)
  return shown.map(({ id, status, at, text }, index) => {
    const { x, y, anchor } = places[index] ?? { x: 50, y: 50, anchor: 'start' }
    return (
      <g key={id} className="named" data-status={status} data-pointed={id === pointed}>
        {(id === selected || id === pointed) && (
          <circle cx={at.x * 100} cy={at.y * 100} r={Math.min(2.6, size * 0.8)} />
        )}
        <text x={x} y={y} textAnchor={anchor}>
          {text}
        </text>
      </g>
    )
  })
}

const textOf = ({ name, status, isSelf }: MemberRow): string =>
  [name, status !== 'alive' && words[status], isSelf && '(this member)'].filter(Boolean).join(' ')

/** The member whose mark is nearest, if the point is near the ring. */
function nearestTo(point: Point, { positions, gap }: RingLayout): string | undefined {
  let [found, least]: [string | undefined, number] = [undefined, Math.max(gap, 0.03)]
  for (const [id, { x, y }] of positions) {
    const far = Math.hypot(x - point.x, y - point.y)
    if (far < least) [found, least] = [id, far]
  }
  return found
}
