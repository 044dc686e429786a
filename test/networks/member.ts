/** Member: a process on a host of a network, and its view of the cluster. */
import { fileURLToPath } from 'node:url'
import type { JoinOptions } from '@hearsay/core'
import type { Child } from '../processes/process.ts'
import type { Host } from './network.ts'

interface Seen {
  readonly name: string
  readonly status: string
  readonly addresses: readonly string[]
}

export interface NetworkMemberOptions extends Partial<JoinOptions> {
  readonly room?: string
}

const script = fileURLToPath(new URL('member-process.ts', import.meta.url))
export const port = 4001

export class NetworkMember {
  readonly name: string
  /** `event name`, in order. */
  readonly events: string[] = []
  /** The text of the document. */
  text = ''
  /** Why mDNS fails; `none` if mDNS works or is off. */
  fault = ''
  /** The handles that kept its process alive after it had left. */
  left: readonly string[] | undefined
  #members: readonly Seen[] = []
  readonly #lines: string[] = []
  readonly #waiting = new Set<() => void>()
  readonly #child: Child

  /** @param options options that differ from the defaults of these tests: no mDNS, port 4001 at all addresses */
  constructor(host: Host, name: string, options: NetworkMemberOptions = {}) {
    this.name = name
    const listen = [`/ip4/0.0.0.0/tcp/${port}`]
    const all = { cluster: 'networks', name, mdns: false, listen, ...options }
    this.#child = host.start(process.execPath, [script, JSON.stringify(all)], line => this.#read(line))
  }

  get exited(): Promise<void> {
    return this.#child.exited
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal)
  }

  write(text: string): void {
    this.#child.writeLine(text)
  }

  /** Resolves when its process has ended by itself. */
  async leave(): Promise<void> {
    this.#child.endInput()
    await this.#child.exited
  }

  /** Names of the alive members, itself included, sorted. */
  alive(): string {
    const alive = this.#members.filter(({ status }) => status === 'alive')
    return [...new Set(alive.map(({ name }) => name))].sort().join()
  }

  /**
   * The addresses of the member with this name, as this process lists them. If several members have the name, the result
   * is about one that is not dead.
   */
  addressesOf(name: string): string {
    const named = this.#members.filter(member => member.name === name)
    return (named.find(({ status }) => status !== 'dead') ?? named[0])?.addresses.join() ?? ''
  }

  /** Resolves when the condition holds; the test's timeout ends the wait, and the failure contains the view. */
  until(holds: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (!holds()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  untilAlive(...names: string[]): Promise<void> {
    return this.until(() => this.alive() === [...names].sort().join())
  }

  untilHas(event: string): Promise<void> {
    return this.until(() => this.events.includes(event))
  }

  /** The last lines that it printed, for a failed test. */
  report(): string {
    return [`${this.name}: alive ${this.alive()}; ${this.events.join(', ')}`, ...this.#lines.slice(-5)].join(
      '\n  ',
    )
  }

  #read(line: string): void {
    if (!line.startsWith('{')) this.#lines.push(line)
    else {
      const { event, name, members, text, fault, left } = JSON.parse(line)
      if (event !== undefined) this.events.push(`${event} ${name}`)
      if (members !== undefined) this.#members = members
      if (text !== undefined) this.text = text
      if (fault !== undefined) this.fault = fault
      if (left !== undefined) this.left = left
    }
    for (const look of this.#waiting) look()
  }
}

export async function untilAllAlive(...members: NetworkMember[]): Promise<void> {
  const names = members.map(({ name }) => name)
  await Promise.all(members.map(member => member.untilAlive(...names)))
}

/** The address at which others reach the member of this host. */
export const addressOf = ({ address }: Host): string => `${address}:${port}`
