/**
 * Output: what becomes of stdout, and how a process ends because of it.
 *
 * A reader that went away, as in `| head -1`, ends a command quietly and with success, as shells expect. Output that
 * cannot be written otherwise, on a full disk for instance, is one line on stderr and exit code 1.
 */
import { spawn } from 'node:child_process'
import { fstatSync } from 'node:fs'

let failure: NodeJS.ErrnoException | undefined
const listeners = new Set<() => void>()

/** Before anything is written: later, the first failure would end the process with a stack trace. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error
    for (const listener of listeners) listener()
  })
  // Nobody is left to be told.
  process.stderr.on('error', () => undefined)
}

/** Resolves when nothing more can be written. */
export function outputFailed(): Promise<undefined> {
  return new Promise(resolve => listeners.add(() => resolve(undefined)))
}

/**
 * Resolves when the reader of a pipe has gone, also while nothing is written.
 *
 * Node does not poll what it only writes to; GNU tail does (coreutils ≥ 8.28), and is killed by SIGPIPE then. Where
 * there is none, the next line that is written tells.
 */
export function outputClosed(): Promise<undefined> {
  return new Promise(resolve => {
    if (!isPipe()) return
    // With --pid it does not outlive this process: it would keep the pipe open.
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

/** Ends the process when all is written. @param exitCode if it could be */
export async function endProcess(exitCode: number): Promise<never> {
  await new Promise<void>(resolve => process.stdout.write('', () => setImmediate(resolve)))
  if (!failure) process.exit(exitCode)
  if (failure.code === 'EPIPE') process.exit(0)
  console.error(`hearsay: the output cannot be written: ${failure.message}`)
  process.exit(1)
}

function isPipe(): boolean {
  try {
    return fstatSync(process.stdout.fd).isFIFO()
  } catch {
    return false
  }
}
