/** Relay: a process of `hearsay relay --json`, as built and as a user runs it, with the events that it prints. */
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from '../processes/process.ts'

const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))
const loopback = ['--listen', '/ip4/127.0.0.1/tcp/0', '--listen', '/ip4/127.0.0.1/tcp/0/ws']

interface Printed {
  readonly event: string
  readonly name?: string
  readonly addresses?: readonly string[]
}

export class Relay {
  readonly process: Child
  readonly #printed: Printed[] = []
  readonly #waiting = new Set<() => void>()

  private constructor(cluster: string, name: string, bootstrap: readonly string[]) {
    const doors = bootstrap.flatMap(address => ['--bootstrap', address])
    const args = [bin, 'relay', cluster, '--json', '--no-mdns', '--name', name, ...loopback, ...doors]
    this.process = startChild(process.execPath, args, line => {
      if (!line.startsWith('{')) return
      this.#printed.push(JSON.parse(line))
      for (const look of this.#waiting) look()
    })
  }

  static async start(cluster: string, name: string, bootstrap: readonly string[] = []): Promise<Relay> {
    const relay = new Relay(cluster, name, bootstrap)
    await relay.reports('ready')
    return relay
  }

  /** All addresses; a browser can use those over WebSockets. */
  get addresses(): readonly string[] {
    return this.#printed[0]?.addresses ?? []
  }

  /** The events about a member that the relay printed, in order. */
  eventsAbout(name: string): string[] {
    return this.#printed.filter(line => line.name === name).map(({ event }) => event)
  }

  /** Resolves when it has printed this event. */
  async reports(event: string, name?: string): Promise<void> {
    const isPrinted = () => this.#printed.some(line => line.event === event && line.name === name)
    if (isPrinted()) return
    await new Promise<void>(resolve => {
      const look = () => {
        if (!isPrinted()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }
}
