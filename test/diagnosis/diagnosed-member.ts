/** Diagnosed member: a member in a process of its own, with the texts of its health and of `explain`. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Explanation, JoinOptions, Problem } from '@hearsay/core'
import type { Host } from '../networks/network.ts'
import { type Child, startChild } from '../processes/process.ts'

export interface DiagnosedMemberOptions extends Partial<JoinOptions> {
  /** By how much its wall clock is ahead, in milliseconds. */
  readonly clockAheadMs?: number
}

const script = fileURLToPath(new URL('member-process.ts', import.meta.url))

export class DiagnosedMember {
  readonly name: string
  /** The texts of its problems. */
  problems: readonly string[] = []
  readonly #child: Child
  readonly #ready = Promise.withResolvers<{ readonly id: string; readonly address: string }>()
  readonly #lines: string[] = []
  #explained: ((explanation: Explanation) => void)[] = []

  /** @param host where it runs; undefined: here, on loopback */
  constructor(name: string, options: DiagnosedMemberOptions = {}, host?: Host) {
    this.name = name
    const listen = [host ? '/ip4/0.0.0.0/tcp/4001' : '/ip4/127.0.0.1/tcp/0']
    const all = JSON.stringify({ cluster: 'diagnosis', name, mdns: false, listen, ...options })
    const read = (line: string) => this.#read(line)
    // A write beyond the limit of files is an error instead of a signal.
    const command = ['-c', 'trap "" XFSZ; exec "$@"', 'sh', process.execPath, script, all]
    this.#child = host ? host.start('sh', command, read) : startChild('sh', command, read)
  }

  async id(): Promise<string> {
    return (await this.#ready.promise).id
  }

  async address(): Promise<string> {
    return (await this.#ready.promise).address
  }

  /** Its explanation of another member: the facts, then the hint. */
  async explain(id: string): Promise<readonly string[]> {
    const explained = new Promise<Explanation>(resolve => this.#explained.push(resolve))
    this.#child.writeLine(`explain ${id}`)
    const { facts, hint } = await explained
    return [...facts, hint ?? '']
  }

  /** Resolves with the id of another member when this one has a record of it. */
  async untilKnows(other: DiagnosedMember): Promise<string> {
    const id = await other.id()
    for (;;) {
      const [fact = ''] = await this.explain(id)
      if (!fact.startsWith('No record')) return id
    }
  }

  block(ms: number): void {
    this.#child.writeLine(`block ${ms}`)
  }

  /** Makes it write to its store. */
  store(): void {
    this.#child.writeLine('write')
  }

  /** Limits the size of its files: a write beyond the limit fails, as on a full disk. Linux only. */
  limitFiles(bytes: number): void {
    execFileSync('prlimit', ['--pid', `${this.#child.pid}`, `--fsize=${bytes}:unlimited`])
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal)
  }

  async leave(): Promise<void> {
    this.#child.endInput()
    await this.#child.exited
  }

  /** The last lines that it printed, for a failed test. */
  report(): string {
    return [`${this.name}:`, ...this.#lines.slice(-8)].join('\n  ')
  }

  #read(line: string): void {
    this.#lines.push(line)
    if (!line.startsWith('{')) return
    const { id, address, problems, explained } = JSON.parse(line)
    if (id !== undefined) this.#ready.resolve({ id, address })
    if (problems !== undefined) this.problems = problems.map(({ text }: Problem) => text)
    if (explained !== undefined) this.#explained.shift()?.(explained)
  }
}
