/**
 * Output: how a process writes lines, and how it ends when stdout can no longer be written.
 *
 * A command waits for a slow reader, as all commands do. A member that others depend on drops lines instead, and so does
 * `hearsay monitor`. A closed reader, as in `| head -1`, ends a command without a message and with exit code 0, as shells
 * expect. Any other failure, such as a full disk, is one line on stderr and exit code 1.
 */
import { spawn } from 'node:child_process'
import { fstatSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { jsonLine, printable } from './format.ts'

/** Our choice: some thousand lines, as for the log of a member. */
const maxUnsentBytes = 1_048_576
/** Our choice: a process that is asked to end has 2 s, of which the leave takes at most 1.5 s. */
const flushMs = 300

/** What Node has below a stream of the process, but does not document. */
interface Handle {
  readonly _handle?: { setBlocking?(isBlocking: boolean): void } | null
}

let failure: NodeJS.ErrnoException | undefined
let waitsForReader = true
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

/**
 * From now on, a reader of stdout or stderr that stops reading does not stop this process. Node writes to pipes and terminals
 * of Unix synchronously: a member would answer nobody until the reader continues, and the others would declare it dead.
 *
 * @param warn called with a line about lines that were left out
 * @returns prints a line, or leaves it out while the reader of stdout is too slow
 */
export function neverWaitForReader(warn: (line: string) => void = printError): (print: () => void) => void {
  waitsForReader = false
  for (const stream of [process.stdout, process.stderr]) (stream as Handle)._handle?.setBlocking?.(false)
  return whileRead(process.stdout, dropped =>
    warn(`${dropped} lines were not printed, because the reader of the output was too slow`),
  )
}

/**
 * Makes a function that writes to a stream only while its reader keeps up.
 *
 * @param resumed called before the first write after some were left out, with their number
 */
export function whileRead(
  stream: { readonly writableLength: number },
  resumed: (dropped: number) => void,
): (write: () => void) => void {
  let dropped = 0
  return write => {
    if (stream.writableLength > maxUnsentBytes) dropped += 1
    else {
      if (dropped > 0) resumed(dropped)
      dropped = 0
      write()
    }
  }
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
  const written = [process.stdout, process.stderr].map(
    stream => new Promise<void>(resolve => stream.write('', () => setImmediate(resolve))),
  )
  await Promise.race([Promise.all(written), ...(waitsForReader ? [] : [wait(flushMs)])])
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
