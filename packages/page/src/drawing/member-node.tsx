/** Member node: one member in the drawing, with its status and a pulse at each heartbeat. */

import { useConfigValue } from '@hearsay/react'
import type { ReactNode } from 'react'
import type { Point } from '../contract.ts'
import { isPresentStatus, type MemberRow, useHeartbeats } from '../members/member-list.ts'
import { useSelection } from '../members/selection.tsx'
import { hueOf, signs, words } from '../members/status-mark.tsx'
import { settings } from '../settings/settings.ts'

export function MemberNode({ row, at }: { row: MemberRow; at: Point }): ReactNode {
  const { id, name, status, isAsleep, kind, isSelf, process } = row
  const { selected, select } = useSelection()
  const sequence = useHeartbeats().get(id)?.sequence
  const showsHeartbeats = useConfigValue(settings, 'beats') ?? true
  const processState = process && process.state !== 'running' ? process.state : undefined
  const about = [
    isSelf ? 'this tab' : kind,
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
        <small>{isSelf ? 'you' : (processState ?? '\u00a0')}</small>
      </span>
      <span className="hidden">: {about}</span>
    </button>
  )
}
