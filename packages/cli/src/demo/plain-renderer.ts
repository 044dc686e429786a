/** Plain renderer: lines for a log or a pipe. */

import type { Renderer } from './scenario.ts'
import { summary } from './summary.ts'
import { timeline } from './timeline.ts'

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
