/** Process: a child of ours. None outlives us, however we end, short of SIGKILL. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Child {
  readonly pid: number
  /** Resolves when the process is gone, however it went. */
  readonly gone: Promise<void>
  signal(signal: NodeJS.Signals): void
  /** A line on its stdin. */
  say(line: string): void
  /** Nothing more comes on its stdin. */
  endInput(): void
}

const running = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** `onLine` hears each line of both streams as it arrives. */
export function startChild(program: string, args: readonly string[], onLine: (line: string) => void): Child {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  if (child.pid === undefined) throw new Error(`${program} could not be started`)
  running.add(child)
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()))
  void gone.then(() => running.delete(child))
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
  // One that has ended reads nothing: no error of ours.
  child.stdin.on('error', () => undefined)
  return {
    pid: child.pid,
    gone,
    signal: signal => void child.kill(signal),
    say: line => void child.stdin.write(`${line}\n`),
    endInput: () => void child.stdin.end(),
  }
}
