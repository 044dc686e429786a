/** Live renderer: a table of the members in the room, redrawn at each change. */
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { printable } from '../terminal/format.ts'
import { tableLines } from '../terminal/text-table.ts'
import type { Occupant, Renderer } from './renderer.ts'
import { shownFields } from './shown-fields.ts'

/** Faster is no news to the eye. */
const frameMs = 50

export function liveRenderer(room: string, occupants: () => readonly Occupant[]): Renderer {
  const region = createLogUpdate(process.stdout)
  let due: NodeJS.Timeout | undefined
  const draw = (last?: 'last') => {
    due = undefined
    const here = occupants()
    const title = `${styleText('bold', printable(room))}${last ? '' : styleText('dim', '    q ends')}`
    const rows = here.map(({ name, isSelf, presence }) => [
      `${printable(name)}${isSelf ? ' (you)' : ''}`,
      shownFields(presence),
    ])
    const frame = [title, '', ...tableLines([`${here.length} here`, 'show'], rows)]
    region(frame.slice(0, Math.max(1, process.stdout.rows - 1)).join('\n'))
  }
  const soon = () => {
    due ??= setTimeout(draw, frameMs)
  }
  process.stdout.on('resize', soon)
  draw()
  return {
    changed: soon,
    close() {
      clearTimeout(due)
      process.stdout.off('resize', soon)
      draw('last')
      region.done()
    },
  }
}
