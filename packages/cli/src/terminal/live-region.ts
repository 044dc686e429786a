/** Live region: text at the bottom of a terminal that is redrawn when it changes, at most some thirty times a second. */
import cliTruncate from 'cli-truncate'
import { createLogUpdate } from 'log-update'

/** Our choice: 30 frames a second look fluent. */
const frameMs = 33

export interface LiveRegion {
  /** Draws soon. */
  changed(): void
  /** Draws once more, and leaves the text where it is. */
  close(): void
}

/**
 * A line that is longer than the terminal is cut: if it continued on the next line, the first lines would not fit.
 *
 * @param frame the lines, at most `rows` of which are shown. `isLast`: nothing follows
 */
export function liveRegion(frame: (rows: number, isLast: boolean) => readonly string[]): LiveRegion {
  const { stdout } = process
  const region = createLogUpdate(stdout)
  let due: NodeJS.Timeout | undefined
  const draw = (isLast: boolean) => {
    due = undefined
    const rows = Math.max(1, stdout.rows - 1)
    const lines = frame(rows, isLast).slice(0, rows)
    region(lines.map(line => cliTruncate(line, stdout.columns)).join('\n'))
  }
  const changed = () => {
    due ??= setTimeout(draw, frameMs, false)
  }
  stdout.on('resize', changed)
  draw(false)
  return {
    changed,
    close() {
      clearTimeout(due)
      stdout.off('resize', changed)
      draw(true)
      region.done()
    },
  }
}
