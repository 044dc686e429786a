/** Table: a row for each member, a column for each that looks at it. A pure function of what the members reported. */
import { styleText } from 'node:util'
import type { MemberStatus } from '@hearsay/core'
import { left, right } from '../terminal/column.ts'
import type { Actor } from './actor.ts'
import type { Seen } from './messages.ts'

const marks: Record<MemberStatus, string> = {
  alive: styleText('green', '●'),
  suspect: styleText('yellow', '◐'),
  dead: styleText('red', '✕'),
  left: styleText('dim', '○'),
}

/** From the one that matters most. */
const statuses: readonly MemberStatus[] = ['dead', 'suspect', 'left', 'alive']

export function renderTable(actors: readonly Actor[], nowMs: number, width = 80): string[] {
  const cell = actors.length * 4 + 50 <= width ? 4 : 2
  const header = actors.map(({ name }) => left(name.slice(0, cell - 1), cell)).join('')
  return [
    styleText(
      'dim',
      ` ${left('seen by', 9)}${header} ${left('status', 13)}${right('beat', 8)}${right('phi', 7)}${right('round trip', 12)}`,
    ),
    ...actors.map(actor => row(actor, actors, cell, nowMs)),
    '',
    ` ${marks.alive} alive  ${marks.suspect} suspected  ${marks.dead} dead  ${marks.left} left${styleText('dim', '     q ends')}`,
  ]
}

function row(actor: Actor, actors: readonly Actor[], cell: number, nowMs: number): string {
  const cells = actors.map(observer => left(mark(actor, observer), cell)).join('')
  const seen = actors.filter(isWatching).flatMap(({ view }) => view.filter(({ name }) => name === actor.name))
  const live = seen.filter(({ status }) => status === 'alive' || status === 'suspect')
  const beat = median(live, ({ lastHeardMs }) => lastHeardMs && nowMs - lastHeardMs)
  const phi = median(live, seen => seen.phi)
  const roundTrip = median(live, ({ roundTripMs }) => roundTripMs)
  return ` ${left(actor.name, 9)}${cells} ${left(verdict(seen), 13)}${right(
    beat === undefined ? '–' : `${(beat / 1_000).toFixed(1)} s`,
    8,
  )}${right(phi?.toFixed(2) ?? '–', 7)}${right(roundTrip === undefined ? '–' : `${roundTrip.toFixed(1)} ms`, 12)}`
}

/** What one that does not run saw last is no view of now. */
const isWatching = ({ state }: Actor) => state === 'running'

function mark(actor: Actor, observer: Actor): string {
  if (actor === observer) return styleText('dim', '·')
  if (!isWatching(observer)) return ' '
  const seen = observer.view.find(({ name }) => name === actor.name)
  return seen ? marks[seen.status] : ' '
}

/** What they agree on, or the worst that some say and how many of them. */
function verdict(seen: readonly Seen[]): string {
  const worst = statuses.find(status => seen.some(each => each.status === status))
  if (worst === undefined) return '–'
  const said = seen.filter(({ status }) => status === worst).length
  return said === seen.length ? worst : `${worst} ${said}/${seen.length}`
}

function median(seen: readonly Seen[], of: (seen: Seen) => number | undefined): number | undefined {
  const values = seen.flatMap(each => of(each) ?? []).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)]
}
