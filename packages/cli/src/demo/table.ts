/**
 * Table: a row for each member, a mark for each that looks at it. A pure function of what the members reported.
 *
 * It fits the width: marks move together first, then columns at the right give way.
 */
import { styleText } from 'node:util'
import type { MemberStatus } from '@hearsay/core'
import { left, right } from '../terminal/column.ts'
import type { Actor } from './member-process.ts'
import type { Seen } from './messages.ts'

const marks: Record<MemberStatus, string> = {
  alive: styleText('green', '●'),
  suspect: styleText('yellow', '◐'),
  dead: styleText('red', '✕'),
  left: styleText('dim', '○'),
}

interface Column {
  readonly title: string
  readonly width: number
  text(seen: readonly Seen[], nowMs: number): string
}

const columns: readonly Column[] = [
  {
    title: 'beat',
    width: 9,
    text: (seen, nowMs) =>
      shown(
        median(seen, ({ lastHeardMs }) => lastHeardMs && (nowMs - lastHeardMs) / 1_000),
        's',
      ),
  },
  { title: 'phi', width: 7, text: seen => median(seen, ({ phi }) => phi)?.toFixed(2) ?? '–' },
  {
    title: 'round trip',
    width: 13,
    text: seen =>
      shown(
        median(seen, ({ roundTripMs }) => roundTripMs),
        'ms',
      ),
  },
]

export const legend: string = ` ${marks.alive} alive  ${marks.suspect} suspected  ${marks.dead} dead  ${marks.left} left`

const nameWidth = 8
const statusWidth = 15

export function renderTable(actors: readonly Actor[], nowMs: number, width: number): string[] {
  const fixed = 1 + nameWidth + statusWidth
  const all = columns.reduce((sum, column) => sum + column.width, 0)
  const cell = [4, 2].find(cell => fixed + all + cell * actors.length <= width) ?? 1
  const fitting: Column[] = []
  let free = width - fixed - cell * actors.length
  for (const column of columns) {
    free -= column.width
    if (free >= 0) fitting.push(column)
  }

  const observers = actors.map(({ name }) => left(name.slice(0, Math.max(1, cell - 1)), cell)).join('')
  const titles = fitting.map(({ title, width }) => right(title, width)).join('')
  return [
    styleText(
      'dim',
      ` ${left('seen by', nameWidth)}${observers}  ${left('status', statusWidth - 2)}${titles}`,
    ),
    ...actors.map(actor => {
      const seen = actors
        .filter(isWatching)
        .flatMap(({ view }) => view.filter(({ name }) => name === actor.name))
      const here = seen.filter(({ status }) => status === 'alive' || status === 'suspect')
      const cells = actors.map(observer => left(mark(actor, observer), cell)).join('')
      const texts = fitting.map(({ width, text }) => right(text(here, nowMs), width)).join('')
      return ` ${left(actor.name, nameWidth)}${cells}  ${left(verdict(seen), statusWidth - 2)}${texts}`
    }),
  ]
}

/** What one that does not run saw last is no view of now. */
const isWatching = ({ state }: Actor) => state === 'running'

function mark(actor: Actor, observer: Actor): string {
  if (actor === observer) return styleText('dim', '·')
  const seen = isWatching(observer) && observer.view.find(({ name }) => name === actor.name)
  return seen ? marks[seen.status] : ' '
}

/** What they agree on, or the worst that some say and how many of them. */
function verdict(seen: readonly Seen[]): string {
  const worst = (['dead', 'suspect', 'left', 'alive'] as const).find(status =>
    seen.some(each => each.status === status),
  )
  if (worst === undefined) return '–'
  const said = seen.filter(({ status }) => status === worst).length
  return said === seen.length ? worst : `${worst} ${said}/${seen.length}`
}

const shown = (value: number | undefined, unit: string) =>
  value === undefined ? '–' : `${value.toFixed(1)} ${unit}`

function median(seen: readonly Seen[], of: (seen: Seen) => number | undefined): number | undefined {
  const values = seen.flatMap(each => of(each) ?? []).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)]
}
