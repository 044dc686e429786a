/** JSON renderer: one object a line for each finished step, then the summary. Nothing else is printed to stdout. */
import type { Renderer, StepResult } from './scenario.ts'

export function jsonRenderer(): Renderer {
  return {
    opened: url => print({ event: 'page', url, at: Date.now() }),
    stepStarted: () => undefined,
    suspected: () => undefined,
    stepEnded: result => print({ event: 'step', ...printed(result), at: Date.now() }),
    pause: () => Promise.resolve(),
    finished: ({ passed: held, steps, falseAlarms }) =>
      print({ event: 'summary', held, steps: steps.map(printed), falseAlarms, at: Date.now() }),
    close: () => undefined,
  }
}

/** The printed names are part of the command's interface, so they differ from the internal ones. */
const printed = ({ step, act, passed: held, ...times }: StepResult) => ({ step, act, held, ...times })

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
