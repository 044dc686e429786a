/**
 * Table: a row for each member, with a mark for each observer. A pure function of the members' reports.
 *
 * The table fits the width of the terminal. If it is too wide, it first loses the space between the marks,
 * then the columns at the right.
 */
import { styleText } from 'node:util'
import type { MemberStatus } from '@hearsay/core'
import { left, right } from '../terminal/column.ts'
import type { MemberProcess } from './member-process.ts'
import type { MemberSnapshot } from './messages.ts'

const marks: Record<MemberStatus, string> = {
  alive: styleText('green', '●'),
  suspect: styleText('yellow', '◐'),
  dead: styleText('red', '✕'),
  left: styleText('dim', '○'),
}

interface Column {
  readonly title: string
  readonly width: number
  text(seen: readonly MemberSnapshot[], nowMs: number): string
}

const columns: readonly Column[] = [
  {
    title: 'heartbeat',
    width: 11,
    text: (seen, nowMs) =>
      shown(
        median(seen, ({ receivedAtMs }) => receivedAtMs && (nowMs - receivedAtMs) / 1_000),
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

export function renderTable(members: readonly MemberProcess[], nowMs: number, width: number): string[] {
  const fixed = 1 + nameWidth + statusWidth
  const all = columns.reduce((sum, column) => sum + column.width, 0)
  const cell = [4, 2].find(cell => fixed + all + cell * members.length <= width) ?? 1
  const fitting: Column[] = []
  let free = width - fixed - cell * members.length
  for (const column of columns) {
    free -= column.width
    if (free >= 0) fitting.push(column)
  }

  const observers = members.map(({ name }) => left(name.slice(0, Math.max(1, cell - 1)), cell)).join('')
  const titles = fitting.map(({ title, width }) => right(title, width)).join('')
  return [
    styleText(
      'dim',
      ` ${left('seen by', nameWidth)}${observers}  ${left('status', statusWidth - 2)}${titles}`,
    ),
    ...members.map(member => {
      const seen = members
        .filter(isWatching)
        .flatMap(({ snapshots }) => snapshots.filter(({ name }) => name === member.name))
      const here = seen.filter(({ status }) => status === 'alive' || status === 'suspect')
      const cells = members.map(observer => left(mark(member, observer), cell)).join('')
      const texts = fitting.map(({ width, text }) => right(text(here, nowMs), width)).join('')
      return ` ${left(member.name, nameWidth)}${cells}  ${left(statusText(seen), statusWidth - 2)}${texts}`
    }),
  ]
}

/** The last report of a member whose process does not run is out of date. */
const isWatching = ({ state }: MemberProcess) => state === 'running'

function mark(member: MemberProcess, observer: MemberProcess): string {
  if (member === observer) return styleText('dim', '·')
  const seen = isWatching(observer) && observer.snapshots.find(({ name }) => name === member.name)
  return seen ? marks[seen.status] : ' '
}

/**
 * The status on which all observers agree, and whether the member is asleep; or the worst status, and how many observers
 * report it.
 */
function statusText(seen: readonly MemberSnapshot[]): string {
  const worst = (['dead', 'suspect', 'left', 'alive'] as const).find(status =>
    seen.some(each => each.status === status),
  )
  if (worst === undefined) return '–'
  const agreeing = seen.filter(({ status }) => status === worst).length
  if (agreeing < seen.length) return `${worst} ${agreeing}/${seen.length}`
  return worst === 'alive' && seen.some(({ isAsleep }) => isAsleep) ? 'alive, asleep' : worst
}

const shown = (value: number | undefined, unit: string) =>
  value === undefined ? '–' : `${value.toFixed(1)} ${unit}`

function median(
  seen: readonly MemberSnapshot[],
  of: (seen: MemberSnapshot) => number | undefined,
): number | undefined {
  const values = seen.flatMap(each => of(each) ?? []).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)]
}
