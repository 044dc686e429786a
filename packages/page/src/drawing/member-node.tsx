/** Member node: one member in the drawing, with its status, and its heart when it beats. */

import { useConfigValue } from '@hearsay/react'
import type { ReactNode } from 'react'
import type { Point } from '../contract.ts'
import { hueOf } from '../members/hue.ts'
import { isHere, type Person, useHearts } from '../members/member-list.ts'
import { useSelection } from '../members/selection.tsx'
import { signs, words } from '../members/status-mark.tsx'
import { settings } from '../settings/settings.ts'

export function MemberNode({ person, at }: { person: Person; at: Point }): ReactNode {
  const { id, name, status, kind, isSelf, process } = person
  const { selected, select } = useSelection()
  const beat = useHearts().get(id)?.beat
  const beats = useConfigValue(settings, 'beats') ?? true
  const truth = process && process.state !== 'running' ? process.state : undefined
  const about = [isSelf ? 'this tab' : kind, words[status], truth && `process ${truth}`]
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
      {beats && isHere(person) && beat !== undefined && <i key={beat} className="heartbeat" />}
      <span aria-hidden="true">{signs[status]}</span>
      <span className="label">
        {name}
        <small>{isSelf ? 'you' : (truth ?? '\u00a0')}</small>
      </span>
      <span className="hidden">: {about}</span>
    </button>
  )
}
