/**
 * Handler process: one run of a command, which ends within a minute, together with the processes that it started. Exception:
 * processes that a command at an event leaves in the background, such as a service, outlive it.
 */
import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { secretVariable } from '../member/secret.ts'
import { ticketVariable } from '../member/ticket.ts'
import { printable } from '../terminal/format.ts'
import type { CommandInput } from './command-input.ts'

/** The result of a command: the text of its standard output, or the reason of its failure as a text for people. */
export type Outcome = { readonly output: string } | { readonly failure: string }

export interface RunningHandler {
  /** Resolves when the command has ended. */
  readonly ended: Promise<Outcome>
  /** Waits a moment for the command, then ends it and the processes that it started. */
  close(): Promise<void>
  /** Ends the command and the processes that it started. */
  kill(): void
}

/** Our choice: a command that hangs delays others for a minute at most. */
const timeoutMs = 60_000
/** Our choice: a member that is asked to end has two seconds. */
const closeMs = 500
/** In characters: how much of the end of the output is kept for the message of a failure. */
const maxEnd = 1_024

/**
 * Starts a command. A command that cannot be started fails.
 *
 * @param maxOutputBytes the command fails if it writes more to its standard output. @default no limit: the output is dropped
 */
export function startHandler(command: string, input: CommandInput, maxOutputBytes?: number): RunningHandler {
  try {
    return started(command, input, maxOutputBytes)
  } catch (error) {
    const failure = (error as Error).message
    return { ended: Promise.resolve({ failure }), close: async () => undefined, kill: () => undefined }
  }
}

function started(
  command: string,
  { variables, input }: CommandInput,
  maxOutputBytes: number | undefined,
): RunningHandler {
  const isWindows = process.platform === 'win32'
  const { [secretVariable]: _secret, [ticketVariable]: _ticket, ...inherited } = process.env
  const child = spawn(command, {
    shell: true,
    env: { ...inherited, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own, so that the processes that the shell starts end with it.
    detached: !isWindows,
  })
  let killed: string | undefined
  const kill = (reason?: string) => {
    killed ??= reason
    try {
      if (isWindows || child.pid === undefined) child.kill('SIGKILL')
      else process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The command has ended.
    }
  }
  const output: Buffer[] = []
  let outputBytes = 0
  let end = ''
  // There are no streams if the process has no file descriptor left. The error follows as an event.
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => {
      end = (end + String(part)).slice(-maxEnd)
      if (stream !== child.stdout || maxOutputBytes === undefined) return
      outputBytes += part.length
      if (outputBytes > maxOutputBytes) kill(`wrote more than ${maxOutputBytes} bytes`)
      else output.push(part)
    })
  // A command need not read its input.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  const timeout = setTimeout(() => kill(`did not end within ${timeoutMs / 1000} s`), timeoutMs)
  const ended = new Promise<Outcome>(resolve => {
    child.once('error', error => resolve({ failure: error.message }))
    // Processes that the command has started may keep its output open. An answer is read until it ends, or until the timeout.
    child.once(maxOutputBytes === undefined ? 'exit' : 'close', (code, signal) => {
      const last = printable(end.trim().split('\n').at(-1) ?? '')
      const failure = [killed ?? `ended with ${code ?? signal}`, last].filter(Boolean).join(': ')
      resolve(code === 0 && killed === undefined ? { output: String(Buffer.concat(output)) } : { failure })
    })
  }).finally(() => clearTimeout(timeout))
  return {
    ended,
    async close() {
      await Promise.race([ended, wait(closeMs)])
      kill()
      await ended
    },
    kill: () => kill('nobody waits for its answer any more'),
  }
}
