/**
 * Step: a command of the check. Prints the command's output, both streams in order, only if the command
 * fails.
 */
import { constants, setPriority } from 'node:os'
import { stripVTControlCharacters } from 'node:util'
import { x } from 'tinyexec'

export interface Step {
  readonly title: string
  readonly command: readonly [string, ...string[]]
  /** The step cannot run while the build fails. */
  readonly needsBuild?: boolean
  /** Runs only when other processes leave the processor idle. */
  readonly hasLowPriority?: boolean
  /** Output lines that report progress. Default: none. */
  readonly progress?: RegExp
}

export interface StepResult {
  readonly ok: boolean
  readonly output: string
}

/** Runs the step in the workspace's root and passes on each line that reports progress. */
export async function runStep(step: Step, onLine: (line: string) => void): Promise<StepResult> {
  const [program, ...args] = step.command
  const run = x(program, args, {
    nodeOptions: {
      cwd: new URL('../..', import.meta.url),
      env: { TURBO_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  })
  // With the lowest priority, a busy machine gave a worker of vitest so little time that it did not start within a minute.
  if (step.hasLowPriority && run.pid !== undefined)
    setPriority(run.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  const lines: string[] = []
  for await (const line of run) {
    lines.push(line)
    const plain = stripVTControlCharacters(line).trim()
    if (plain !== '') onLine(plain)
  }
  const { exitCode } = await run
  return { ok: exitCode === 0, output: lines.join('\n') }
}
