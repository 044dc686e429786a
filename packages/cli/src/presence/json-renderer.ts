/** JSON renderer: the output of `hearsay presence --json`; nothing else is printed to stdout. */
import { printJson } from '../terminal/output.ts'
import type { Renderer } from './renderer.ts'

export const jsonRenderer: Renderer = {
  changed: ({ event, occupant: { id, name, presence }, fields }) =>
    printJson({ event, id, name, presence, fields, at: Date.now() }),
  close: () => undefined,
}
