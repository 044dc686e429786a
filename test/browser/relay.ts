/** Relay: a process of `hearsay relay --json`, built, as a user runs it, and what it tells of others. */
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from '../processes/process.ts'

const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))
const loopback = ['--listen', '/ip4/127.0.0.1/tcp/0', '--listen', '/ip4/127.0.0.1/tcp/0/ws']

interface Told {
  readonly event: string
  readonly name?: string
  readonly addresses?: readonly string[]
}

export class Relay {
  readonly process: Child
  readonly #told: Told[] = []
  readonly #waiting = new Set<() => void>()

  private constructor(cluster: string, name: string, bootstrap: readonly string[]) {
    const doors = bootstrap.flatMap(address => ['--bootstrap', address])
    const args = [bin, 'relay', cluster, '--json', '--no-mdns', '--name', name, ...loopback, ...doors]
    this.process = startChild(process.execPath, args, line => {
      if (!line.startsWith('{')) return
      this.#told.push(JSON.parse(line))
      for (const look of this.#waiting) look()
    })
  }

  static async start(cluster: string, name: string, bootstrap: readonly string[] = []): Promise<Relay> {
    const relay = new Relay(cluster, name, bootstrap)
    await relay.tells('ready')
    return relay
  }

  /** All addresses, of which a browser can use those over WebSockets. */
  get addresses(): readonly string[] {
    return this.#told[0]?.addresses ?? []
  }

  /** What it told of a member, in order. */
  toldOf(name: string): string[] {
    return this.#told.filter(told => told.name === name).map(({ event }) => event)
  }

  /** Resolves when it has told this. */
  async tells(event: string, name?: string): Promise<void> {
    const isTold = () => this.#told.some(told => told.event === event && told.name === name)
    if (isTold()) return
    await new Promise<void>(resolve => {
      const look = () => {
        if (!isTold()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }
}
