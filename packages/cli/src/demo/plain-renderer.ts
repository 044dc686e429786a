/** Plain stage: lines for a log or a pipe. */

import type { Stage } from './scenario.ts'
import { summary } from './summary.ts'
import { timeline } from './timeline.ts'

export function plainStage(): Stage {
  const lines = timeline()
  return {
    opened: url => console.log(`The page: ${url}`),
    begins: act => console.log(lines.begins(act)),
    suspected: ms => console.log(lines.suspected(ms)),
    ended: result => console.log(lines.ended(result)),
    pause: () => Promise.resolve(),
    finished: story => console.log(`\n${summary(story).join('\n')}`),
    close: () => undefined,
  }
}
