/**
 * Members table: the status and the figures of each member. Of a long list, only the rows in view are rendered, because all of
 * them change once a second.
 */
import type { Heartbeat } from '@hearsay/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useRef } from 'react'
import { isPresentStatus, type MemberRow, useHeartbeats, useMemberRows } from './member-list.ts'
import { useSelection } from './selection.tsx'
import { StatusMark } from './status-mark.tsx'
import './members.css'

/** Our choice: this many rows cost little, and the browser's own search finds all of them. */
const maxRendered = 40
/** The height of a row in CSS pixels, if the style does not set it. */
const usualRowPx = 36

export interface MembersTableProps {
  /** @default all */
  readonly rows?: readonly MemberRow[]
  /** Shown instead of rows, if there are none. */
  readonly empty?: string
  /** Between the title and the table. */
  readonly children?: ReactNode
}

export function MembersTable({ rows, empty, children }: MembersTableProps): ReactNode {
  const all = useMemberRows()
  const here = all.filter(isPresentStatus).length
  return (
    <section className="panel members" aria-labelledby="members-title">
      <header>
        <h2 id="members-title">Members</h2>
        <p role="status">
          {rows && rows.length < all.length && `${rows.length} shown of `}
          {here} present{all.length > here && `, ${all.length - here} departed`}
        </p>
      </header>
      {children}
      <Table rows={rows ?? all} empty={empty} />
    </section>
  )
}

function Table({ rows, empty }: { rows: readonly MemberRow[]; empty: string | undefined }): ReactNode {
  const scroll = useRef<HTMLElement>(null)
  const isLong = rows.length > maxRendered
  const virtual = useVirtualizer({
    count: rows.length,
    enabled: isLong,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx(scroll.current),
    overscan: 6,
    // React warns about the update during its own rendering that the library would force.
    useFlushSync: false,
  })
  // The rows of a narrow window are higher.
  const px = rowPx(scroll.current)
  useEffect(() => void (px > 0 && virtual.measure()), [px, virtual])
  const items = isLong ? virtual.getVirtualItems() : []
  const [first, last] = [items[0], items.at(-1)]
  const shown = isLong ? items.map(({ index }) => rows[index]).filter(row => row !== undefined) : rows
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reachable by keyboard
    <section ref={scroll} className="scroll" tabIndex={0} aria-label="Table of members">
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">name</th>
            <th scope="col" title="status as this member sees it">
              seen as
            </th>
            <th
              scope="col"
              className="number"
              title="time since its last heartbeat was received, and its number"
            >
              heartbeat
            </th>
            <th
              scope="col"
              className="number"
              title="suspicion level: at 1 the chance that the heartbeat is merely late is 10 %"
            >
              phi
            </th>
            <th scope="col" className="number">
              round trip
            </th>
          </tr>
        </thead>
        <tbody>
          {first && <Space px={first.start} />}
          <Rows rows={shown} firstIndex={first?.index ?? 0} />
          {last && <Space px={virtual.getTotalSize() - last.end} />}
        </tbody>
      </table>
      {rows.length === 0 && <p className="hint">{empty}</p>}
    </section>
  )
}

/** Empty space in place of the rows that are not rendered. */
const Space = ({ px }: { px: number }): ReactNode =>
  px > 0 && (
    <tr className="space">
      <td colSpan={5} style={{ blockSize: px }} />
    </tr>
  )

function Rows({ rows, firstIndex }: { rows: readonly MemberRow[]; firstIndex: number }): ReactNode {
  const heartbeats = useHeartbeats()
  const { selected, select } = useSelection()
  return rows.map((row, index) => (
    <Row
      key={row.id}
      row={row}
      index={firstIndex + index}
      heartbeat={heartbeats.get(row.id)}
      isSelected={row.id === selected}
      select={select}
    />
  ))
}

interface RowProps {
  readonly row: MemberRow
  readonly index: number
  readonly heartbeat: Heartbeat | undefined
  readonly isSelected: boolean
  readonly select: (id: string) => void
}

const Row = memo(function Row({ row, index, heartbeat, isSelected, select }: RowProps): ReactNode {
  const { id, name, status, isAsleep, isSelf, kind, roles, process } = row
  const shown = isSelf || !isPresentStatus(row) ? undefined : heartbeat
  return (
    <tr aria-selected={isSelected} aria-rowindex={index + 2} data-status={status}>
      <th scope="row">
        <button type="button" title={name} onClick={() => select(id)} aria-pressed={isSelected}>
          {name}
        </button>
        {isSelf && <small>{selfWord(kind)}</small>}
        {roles.length > 0 && (
          <small className="roles" title={`roles: ${roles.join(', ')}`}>
            {roles.join(', ')}
          </small>
        )}
        {process && process.state !== 'running' && <small className="truth">process {process.state}</small>}
      </th>
      <td>
        <StatusMark status={status} isAsleep={isAsleep} />
      </td>
      <td className="number">{shown ? <HeartbeatCell heartbeat={shown} /> : '–'}</td>
      <td className="number">{shown ? <Phi value={shown.phi} /> : '–'}</td>
      <td className="number">
        {shown?.roundTripMs === undefined ? '–' : `${shown.roundTripMs.toFixed(1)} ms`}
      </td>
    </tr>
  )
})

/** The word by which a page marks its own member. */
export const selfWord = (kind: MemberRow['kind']): string => (kind === 'member' ? 'this member' : 'you')

function rowPx(scroll: HTMLElement | null): number {
  const given = scroll ? Number.parseFloat(getComputedStyle(scroll).getPropertyValue('--row')) : Number.NaN
  return given > 0 ? given : usualRowPx
}

function HeartbeatCell({ heartbeat: { sequence, receivedAtMs } }: { heartbeat: Heartbeat }): ReactNode {
  const seconds = Math.max(0, Date.now() - receivedAtMs) / 1_000
  return (
    <>
      {seconds.toFixed(0)} s<small> #{sequence}</small>
    </>
  )
}

/** At 8 the bar is full: the chance that the heartbeat is merely late is one in a hundred million. */
const fullPhi = 8

function Phi({ value }: { value: number }): ReactNode {
  const share = Math.min(1, value / fullPhi)
  return (
    <span className="phi">
      <i aria-hidden="true" style={{ transform: `scaleX(${share})` }} />
      {value.toFixed(2)}
    </span>
  )
}
