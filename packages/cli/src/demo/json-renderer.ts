/** JSON stage: one object a line, each step as it ends, then the summary. Nothing else on stdout. */
import type { Renderer } from './scenario.ts'

export function jsonRenderer(): Renderer {
  return {
    opened: url => print({ event: 'page', url, at: Date.now() }),
    stepStarted: () => undefined,
    suspected: () => undefined,
    stepEnded: result => print({ event: 'step', ...result, at: Date.now() }),
    pause: () => Promise.resolve(),
    finished: scenario => print({ event: 'summary', ...scenario, at: Date.now() }),
    close: () => undefined,
  }
}

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
