/** Live stage: the timeline grows above, and below it the table shows what every member sees now. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogUpdate } from 'log-update'
import type { Cast } from './cast.ts'
import type { Stage } from './story.ts'
import { summary } from './summary.ts'
import { renderTable } from './table.ts'
import { timeline } from './timeline.ts'

const frameMs = 200
/** Long enough to look at the table between two scenes. */
const pauseMs = 1_500

export function liveStage(cast: Cast): Stage {
  const lines = timeline()
  const region = createLogUpdate(process.stdout)
  const draw = () =>
    region(['', ...renderTable(cast.actors, Date.now(), process.stdout.columns), ''].join('\n'))
  const frames = setInterval(draw, frameMs)
  process.stdout.on('resize', draw)
  return {
    begins: act => region.persist(lines.begins(act)),
    ended: result => region.persist(lines.ended(result)),
    pause: () => sleep(pauseMs),
    finished: story => region.persist(['', ...summary(story), ''].join('\n')),
    close() {
      clearInterval(frames)
      draw()
      region.done()
    },
  }
}
