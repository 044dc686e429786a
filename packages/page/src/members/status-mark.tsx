/** Status mark: a status as a sign, a colour and a word, so that it is readable without colours. */
import type { MemberStatus } from '@hearsay/core'
import type { ReactNode } from 'react'

export const signs: Record<MemberStatus, string> = { alive: '●', suspect: '◐', dead: '✕', left: '○' }
export const words: Record<MemberStatus, string> = {
  alive: 'alive',
  suspect: 'suspected',
  dead: 'dead',
  left: 'left',
}

export function StatusMark({ status, isAsleep }: { status: MemberStatus; isAsleep: boolean }): ReactNode {
  return (
    <span className="status" data-status={status}>
      <span aria-hidden="true">{signs[status]}</span> {words[status]}
      {isAsleep && ', asleep'}
    </span>
  )
}

/** Hue: a member's colour, computed from its id, so that it is the same on every page. */

/** Degrees on the colour wheel. */
export function hueOf(id: string): number {
  let hash = 0
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) % 3_600
  return hash / 10
}
