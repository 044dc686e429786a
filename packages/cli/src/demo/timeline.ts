/** Timeline: the scenario as lines, each with the seconds since the scenario began. */
import { styleText } from 'node:util'
import { left, right } from '../terminal/column.ts'
import { milliseconds } from '../terminal/format.ts'
import type { StepResult } from './scenario.ts'

export interface Timeline {
  stepStarted(act: string): string
  /** Shown until the first member reports an event. */
  waiting(): string
  suspected(ms: number): string
  stepEnded(result: StepResult): string
}

const outcomeText: Record<StepResult['step'], string> = {
  join: 'all members know all',
  tag: 'known to all',
  crash: 'dead for all',
  restart: 'back for all, with a new incarnation',
  hang: 'dead for all',
  return: 'back for all',
  goodbye: 'left for all, without suspicion',
}

export function timeline(): Timeline {
  const startedMs = Date.now()
  const line = (text: string, ms?: number) => {
    const time = styleText('dim', right(`${((Date.now() - startedMs) / 1_000).toFixed(1)} s`, 8))
    return `${time}  ${left(text, 54)}${ms === undefined ? '' : right(milliseconds(ms), 12)}`.trimEnd()
  }
  return {
    stepStarted: act => line(styleText('bold', act)),
    waiting: () => line('  …'),
    suspected: ms => line('  first suspected', ms),
    stepEnded: ({ step, allMs, problem }) =>
      line(problem ? styleText('red', `  ${problem}`) : `  ${outcomeText[step]}`, allMs),
  }
}
