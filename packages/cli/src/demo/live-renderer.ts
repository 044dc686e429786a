/** Live renderer: the timeline grows at the top; below it a table shows what every member sees now. */
import { setTimeout as sleep } from 'node:timers/promises'
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { left } from '../terminal/column.ts'
import type { DemoCluster } from './demo-cluster.ts'
import type { Renderer } from './scenario.ts'
import { summary } from './summary.ts'
import { legend, renderTable } from './table.ts'
import { timeline } from './timeline.ts'

const frameMs = 200
/** 1.5 s (our choice): long enough to read the table between two steps. */
const pauseMs = 1_500

export function liveRenderer(cluster: DemoCluster): Renderer {
  const lines = timeline()
  const region = createLogUpdate(process.stdout)
  let waiting = false
  let page: string[] = []
  const draw = (last?: 'last') => {
    const { columns, rows } = process.stdout
    const clock = waiting ? [lines.waiting()] : []
    const hint = last ? '' : styleText('dim', '    q ends')
    const table = renderTable(cluster.members, Date.now(), columns)
    const frame = [...clock, '', ...table, '', ...page, legend + hint]
    // If the window is too low, the top of the frame is cut off: first blank lines, then members.
    region(frame.slice(1 - rows).join('\n'))
  }
  const redraw = () => draw()
  const frames = setInterval(redraw, frameMs)
  process.stdout.on('resize', redraw)
  return {
    opened(url) {
      page = [` ${styleText('dim', left('page', 8))}${styleText('underline', url)}`]
    },
    stepStarted(act) {
      waiting = true
      region.persist(lines.stepStarted(act))
    },
    suspected: ms => region.persist(lines.suspected(ms)),
    stepEnded(result) {
      waiting = false
      region.persist(lines.stepEnded(result))
    },
    pause: () => sleep(pauseMs),
    finished: scenario => region.persist(['', ...summary(scenario)].join('\n')),
    close() {
      clearInterval(frames)
      process.stdout.off('resize', redraw)
      draw('last')
      region.done()
    },
  }
}
