/** Plain stage: lines for a log or a pipe. */
import { printLog } from '../terminal/log-line.ts'
import type { Happened, Stage } from './renderer.ts'
import { shownFields } from './shown-fields.ts'

const colours = { enter: 'green', update: 'cyan', leave: 'dim' } as const satisfies Record<
  Happened['event'],
  string
>

export const plainStage: Stage = {
  happened: ({ event, occupant: { name, presence } }) =>
    printLog({
      at: Date.now(),
      event,
      colour: colours[event],
      name,
      ...(event !== 'leave' && { rest: shownFields(presence) }),
    }),
  close: () => undefined,
}
