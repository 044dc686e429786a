/**
 * Output: how a process ends when stdout can no longer be written.
 *
 * A closed reader, as in `| head -1`, ends a command without a message and with exit code 0, as shells expect. Any other
 * failure, such as a full disk, is one line on stderr and exit code 1.
 */
import { spawn } from 'node:child_process'
import { fstatSync } from 'node:fs'
import { jsonLine, printable } from './format.ts'

let failure: NodeJS.ErrnoException | undefined
const listeners = new Set<() => void>()

/** Call it before the first write: without it a failed write ends the process with a stack trace. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error
    for (const listener of listeners) listener()
  })
  // There is no output left to report the error to.
  process.stderr.on('error', () => undefined)
}

/** Resolves when stdout can no longer be written. */
export function outputFailed(): Promise<undefined> {
  return new Promise(resolve => listeners.add(() => resolve(undefined)))
}

/**
 * Resolves when the reader of a pipe is closed, also while nothing is written.
 *
 * Node does not poll a stream that it only writes to. GNU tail does (coreutils ≥ 8.28): tail ends when the reader is
 * closed. Without GNU tail, the closed reader is noticed only at the next write.
 */
export function outputClosed(): Promise<undefined> {
  return new Promise(resolve => {
    if (!isPipe()) return
    // --pid ends tail together with this process; otherwise tail would keep the pipe open.
    const tail = spawn('tail', ['-f', `--pid=${process.pid}`, '/dev/null'], {
      stdio: ['ignore', 'inherit', 'ignore'],
    })
    tail.on('error', () => undefined)
    tail.on('exit', (_, signal) => {
      if (signal === 'SIGPIPE') resolve(undefined)
    })
    tail.unref()
    process.on('exit', () => tail.kill())
  })
}

/** Ends the process when all output is written. @param exitCode the exit code if the output could be written */
export async function endProcess(exitCode: number): Promise<never> {
  await new Promise<void>(resolve => process.stdout.write('', () => setImmediate(resolve)))
  if (!failure) process.exit(exitCode)
  if (failure.code === 'EPIPE') process.exit(0)
  printError(`the output cannot be written: ${failure.message}`)
  process.exit(1)
}

function isPipe(): boolean {
  try {
    return fstatSync(process.stdout.fd).isFIFO()
  } catch {
    return false
  }
}

/** Prints one JSON object per line for `--json`. The formats are public: fields may be added, never removed. */
export const printJson = (line: object): void => void process.stdout.write(`${jsonLine(line)}\n`)

/** Prints an error or a warning as one line to stderr. The text may come from another member. */
export const printError = (line: string): void =>
  console.error(`hearsay: ${printable(line.replace(/\s*\n\s*/g, ' '))}`)
