/**
 * Live table: the members in a terminal, redrawn at each change. The table shows only as many lines as fit, the members that
 * need attention first.
 */
import { styleText } from 'node:util'
import type { Member } from '@hearsay/core'
import { widthOf } from '../terminal/column.ts'
import { printable } from '../terminal/format.ts'
import { type LiveRegion, liveRegion } from '../terminal/live-region.ts'
import { tableLines } from '../terminal/text-table.ts'
import { memberRows, titlesOf } from './member-rows.ts'

/** The title, an empty line, the titles of the columns, and the line about members that do not fit. */
const otherLines = 4

export function liveTable(cluster: string, self: () => string, members: () => readonly Member[]): LiveRegion {
  return liveRegion((rows, isLast) => {
    const all = members()
    const fitting = Math.max(1, rows - otherLines)
    const shown = memberRows(all, self(), fitting)
    const counts = (['alive', 'suspect', 'dead', 'left'] as const)
      .map(status => [all.filter(each => each.status === status).length, status] as const)
      .filter(([count]) => count > 0)
      .map(([count, status]) => `${count} ${status}`)
    const title = `${styleText('bold', printable(cluster))}  ${counts.join(', ')}`
    return [
      isLast ? title : `${title}${styleText('dim', '    q ends')}`,
      '',
      ...tableLines(titlesOf(all), shown, widthOf),
      ...(all.length > shown.length ? [styleText('dim', `and ${all.length - shown.length} more`)] : []),
    ]
  })
}
