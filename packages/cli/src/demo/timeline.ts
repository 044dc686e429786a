/** Timeline: the story as lines, each at the seconds since the story began. */
import { styleText } from 'node:util'
import { left, right } from '../terminal/column.ts'
import { milliseconds } from '../terminal/milliseconds.ts'
import type { StepResult } from './story.ts'

export interface Timeline {
  begins(act: string): string
  ended(result: StepResult): string
}

const said: Record<StepResult['step'], string> = {
  join: 'everybody sees everybody',
  tag: 'everybody knows',
  crash: 'dead for everybody',
  restart: 'everybody has it back, under a new incarnation',
  hang: 'dead for everybody',
  return: 'everybody has it back',
  goodbye: 'left for everybody, without suspicion',
}

export function timeline(): Timeline {
  const startedMs = Date.now()
  const line = (text: string, ms: number | undefined) => {
    const time = styleText('dim', right(`${((Date.now() - startedMs) / 1_000).toFixed(1)} s`, 8))
    return `${time}  ${left(text, 52)}${ms === undefined ? '' : right(milliseconds(ms), 12)}`.trimEnd()
  }
  return {
    begins: act => line(styleText('bold', act), undefined),
    ended: ({ step, suspectedMs, allMs, problem }) =>
      [
        ...(suspectedMs === undefined ? [] : [line('  first suspected', suspectedMs)]),
        problem ? line(styleText('red', `  ${problem}`), undefined) : line(`  ${said[step]}`, allMs),
      ].join('\n'),
  }
}
