/** Plain renderer: lines for a log or a pipe. */
import { printLog } from '../terminal/log-line.ts'
import type { Renderer, RoomChange } from './renderer.ts'
import { shownFields } from './shown-fields.ts'

const colours = { enter: 'green', update: 'cyan', leave: 'dim' } as const satisfies Record<
  RoomChange['event'],
  string
>

export const plainRenderer: Renderer = {
  changed: ({ event, occupant: { name, presence } }) =>
    printLog({
      at: Date.now(),
      event,
      colour: colours[event],
      name,
      ...(event !== 'leave' && { rest: shownFields(presence) }),
    }),
  close: () => undefined,
}
