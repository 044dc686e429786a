/** Summary: for each step the milliseconds from the action to the first suspicion, and until all members knew. */
import { styleText } from 'node:util'
import { left, right } from '../terminal/column.ts'
import { milliseconds } from '../terminal/format.ts'
import type { Scenario, StepResult } from './scenario.ts'

export function summary({ steps, passed, falseAlarms }: Scenario): string[] {
  return [
    styleText('dim', `   ${left('', 49)}${right('suspected', 12)}${right('known by all', 14)}`),
    ...steps.map(row),
    '',
    verdict(passed, steps, falseAlarms),
  ]
}

function row({ step, act, passed, suspectedMs, allMs }: StepResult): string {
  const mark = passed ? styleText('green', '✓') : styleText('red', '✕')
  return ` ${mark} ${left(step, 9)}${left(act, 40)}${right(milliseconds(suspectedMs), 12)}${right(milliseconds(allMs), 14)}`
}

function verdict(passed: boolean, steps: readonly StepResult[], falseAlarms: number): string {
  if (passed) return ` Every step passed, and no healthy member was declared dead.`
  const broken = steps.filter(step => !step.passed).map(({ step, problem }) => `${step}: ${problem}`)
  if (falseAlarms > 0) broken.push(`a healthy member was declared dead ${falseAlarms} times`)
  return styleText('red', ` ${broken.join('; ')}.`)
}
