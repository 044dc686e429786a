/** A `hearsay` process, as built in dist, with its output line by line. It ends with its test at the latest. */

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

export type JsonLine = Readonly<Record<string, unknown>>

export const bin: string = fileURLToPath(new URL('../bin/hearsay.js', import.meta.url))
const running = new Set<ChildProcess>()
/** Not the folder of the user: a test attaches to no other member, and leaves no sockets there. */
const controlFolder: string = mkdtempSync(join(tmpdir(), 'hearsay-'))
process.on('exit', () => rmSync(controlFolder, { recursive: true, force: true }))

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all([...running].map(child => once(child, 'close')))
})

export class HearsayProcess {
  readonly stdout: string[] = []
  readonly stderr: string[] = []
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>

  readonly #child: ChildProcess
  readonly #waiting = new Set<() => void>()

  /** @param given the arguments, after variables of the environment if there are any */
  constructor(...given: readonly string[] | [env: Readonly<Record<string, string>>, ...args: string[]]) {
    const args = given.filter(each => typeof each === 'string')
    const env = {
      ...process.env,
      HEARSAY_CONTROL: controlFolder,
      ...given.find(each => typeof each !== 'string'),
    }
    const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
    this.#child = child
    running.add(child)
    this.ended = once(child, 'close').then(([code]) => {
      running.delete(child)
      for (const look of this.#waiting) look()
      return code
    })
    for (const stream of ['stdout', 'stderr'] as const)
      createInterface({ input: child[stream] }).on('line', line => {
        this[stream].push(line)
        for (const look of this.#waiting) look()
      })
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The first JSON line that matches, as soon as there is one. */
  json(fits: (line: JsonLine) => boolean): Promise<JsonLine> {
    return this.#first(() => this.stdout.map(line => JSON.parse(line) as JsonLine).find(fits))
  }

  /** The first line that matches, as soon as there is one. */
  line(fits: RegExp): Promise<string> {
    return this.#first(() => this.stdout.find(line => fits.test(line)))
  }

  /** The first line on stderr. */
  complaint(): Promise<string> {
    return this.#first(() => this.stderr[0])
  }

  #first<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find()
        if (found === undefined && running.has(this.#child)) return
        this.#waiting.delete(look)
        if (found === undefined) reject(new Error(`ended without the line: ${this.stderr.join('\n')}`))
        else resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

export interface ReadyMember {
  readonly process: HearsayProcess
  readonly id: string
  readonly address: string
}

/** A cluster name that no other test uses. */
export const newCluster = (): string => `test-${randomUUID()}`

/** Starts a member on loopback that prints JSON, and waits until it is ready. `command` includes the cluster. */
export async function startMember(
  command: readonly string[],
  name: string,
  ...options: string[]
): Promise<ReadyMember> {
  const where = ['--listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns']
  const process = new HearsayProcess(...command, '--json', '--name', name, ...where, ...options)
  const { id, addresses } = await process.json(({ event }) => event === 'ready')
  return { process, id: String(id), address: String((addresses as string[])[0]) }
}
