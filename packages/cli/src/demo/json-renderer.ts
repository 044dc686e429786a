/** JSON stage: one object a line, each step as it ends, then the summary. Nothing else on stdout. */
import type { Stage } from './scenario.ts'

export function jsonStage(): Stage {
  return {
    opened: url => print({ event: 'page', url, at: Date.now() }),
    begins: () => undefined,
    suspected: () => undefined,
    ended: result => print({ event: 'step', ...result, at: Date.now() }),
    pause: () => Promise.resolve(),
    finished: story => print({ event: 'summary', ...story, at: Date.now() }),
    close: () => undefined,
  }
}

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
