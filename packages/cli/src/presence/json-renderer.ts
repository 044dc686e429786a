/** JSON stage: what `hearsay presence --json` prints, and nothing else on stdout. */
import { printJson } from '../terminal/print-json.ts'
import type { Renderer } from './renderer.ts'

export const jsonRenderer: Renderer = {
  changed: ({ event, occupant: { id, name, presence }, fields }) =>
    printJson({ event, id, name, presence, fields, at: Date.now() }),
  close: () => undefined,
}
