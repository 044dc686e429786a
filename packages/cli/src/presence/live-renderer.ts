/** Live renderer: a table of the members in the room, redrawn at each change. */
import { styleText } from 'node:util'
import { widthOf } from '../terminal/column.ts'
import { printable } from '../terminal/format.ts'
import { liveRegion } from '../terminal/live-region.ts'
import { tableLines } from '../terminal/text-table.ts'
import type { Occupant, Renderer } from './renderer.ts'
import { shownFields } from './shown-fields.ts'

export function liveRenderer(room: string, occupants: () => readonly Occupant[]): Renderer {
  return liveRegion((_, isLast) => {
    const here = occupants()
    const title = `${styleText('bold', printable(room))}${isLast ? '' : styleText('dim', '    q ends')}`
    const rows = here.map(({ name, isSelf, presence }) => [
      `${printable(name)}${isSelf ? ' (you)' : ''}`,
      shownFields(presence),
    ])
    return [title, '', ...tableLines([`${here.length} here`, 'show'], rows, widthOf)]
  })
}
