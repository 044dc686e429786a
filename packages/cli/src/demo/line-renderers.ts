/** Line renderers: the demo as JSON, or as lines for a log or a pipe. */
import type { Renderer, StepResult } from './scenario.ts'
import { summary } from './summary.ts'
import { timeline } from './timeline.ts'

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

export function plainRenderer(): Renderer {
  const lines = timeline()
  return {
    opened: url => console.log(`The page: ${url}`),
    stepStarted: act => console.log(lines.stepStarted(act)),
    suspected: ms => console.log(lines.suspected(ms)),
    stepEnded: result => console.log(lines.stepEnded(result)),
    pause: () => Promise.resolve(),
    finished: scenario => console.log(`\n${summary(scenario).join('\n')}`),
    close: () => undefined,
  }
}
