/** Process: a child process. It ends with this process, however this process ends, except by SIGKILL. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Child {
  readonly pid: number
  /** Resolves when the process has ended, for any reason. */
  readonly exited: Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Writes a line to its stdin. */
  writeLine(line: string): void
  /** Ends its stdin. */
  endInput(): void
}

const running = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** @param onLine called with each line of both streams as it arrives */
export function startChild(program: string, args: readonly string[], onLine: (line: string) => void): Child {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  if (child.pid === undefined) throw new Error(`${program} could not be started`)
  running.add(child)
  const exited = new Promise<void>(resolve => child.once('close', () => resolve()))
  void exited.then(() => running.delete(child))
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
  // An ended process reads nothing: that is no error here.
  child.stdin.on('error', () => undefined)
  return {
    pid: child.pid,
    exited,
    signal: signal => void child.kill(signal),
    writeLine: line => void child.stdin.write(`${line}\n`),
    endInput: () => void child.stdin.end(),
  }
}
