/** Member node: one member in the drawing, with its status and a pulse at each heartbeat. */
import type { ReactNode } from 'react'
import type { Point } from '../contract.ts'
import { isPresentStatus, type MemberRow, useHeartbeats } from '../members/member-list.ts'
import { selfWord } from '../members/members-table.tsx'
import { useSelection } from '../members/selection.tsx'
import { hueOf, signs, words } from '../members/status-mark.tsx'

export interface MemberNodeProps {
  readonly row: MemberRow
  readonly at: Point
  readonly showsHeartbeats: boolean
}

export function MemberNode({ row, at, showsHeartbeats }: MemberNodeProps): ReactNode {
  const { id, name, status, isAsleep, kind, isSelf, process } = row
  const { selected, select } = useSelection()
  const sequence = useHeartbeats().get(id)?.sequence
  const processState = process && process.state !== 'running' ? process.state : undefined
  const about = [
    isSelf && kind !== 'member' ? 'this tab' : kind,
    words[status],
    isAsleep && 'asleep',
    processState && `process ${processState}`,
  ]
    .filter(Boolean)
    .join(', ')
  return (
    <button
      type="button"
      className="node"
      data-kind={kind}
      data-status={status}
      data-self={isSelf}
      data-above={at.y < 0.5}
      aria-pressed={selected === id}
      title={about}
      style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%`, '--hue': hueOf(id) }}
      onClick={() => select(id)}
    >
      {showsHeartbeats && isPresentStatus(row) && sequence !== undefined && (
        <i key={sequence} className="heartbeat" />
      )}
      <span aria-hidden="true">{signs[status]}</span>
      <span className="label">
        {name}
        <small>{isSelf ? selfWord(kind) : (processState ?? '\u00a0')}</small>
      </span>
      <span className="hidden">: {about}</span>
    </button>
  )
}
