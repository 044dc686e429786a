/** Demo cluster: the demo's members on loopback, and all events that they reported about each other. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kindTag, type MemberKind } from '@hearsay/page/contract'
import { names } from './member-names.ts'
import { type Identity, MemberProcess } from './member-process.ts'
import type { ObservedEvent } from './messages.ts'

const anywhere = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']

export interface Observation extends ObservedEvent {
  readonly observer: MemberProcess
}

export class DemoCluster {
  readonly members: readonly MemberProcess[]
  /** How often a running member declared another running member dead. */
  falseSuspicions = 0

  readonly cluster: string = `demo-${process.pid}`

  readonly #log: Observation[] = []
  readonly #waiting = new Set<() => void>()
  readonly #listeners = new Set<() => void>()
  readonly #folder = mkdtempSync(join(tmpdir(), 'hearsay-demo-'))

  constructor(count: number) {
    this.members = names.slice(0, count).map(name => {
      const member: MemberProcess = new MemberProcess(name, {
        observed: event => this.#record({ ...event, observer: member }),
        changed: () => {
          for (const changed of this.#listeners) changed()
        },
      })
      return member
    })
  }

  /**
   * Calls `changed` after each change of the state or the identity of a member process.
   *
   * @returns a function that removes the listener
   */
  watch(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  /** Starts the process, or starts it again from its storage. */
  start(member: MemberProcess, bootstrap?: Identity): Promise<Identity> {
    return member.start({
      cluster: this.cluster,
      name: member.name,
      tags: { [kindTag]: 'process' satisfies MemberKind },
      // A restarted member listens on its former addresses, so that a page that lost all processes
      // finds them again.
      listen: member.identity?.addresses.map(address => address.replace(/\/p2p\/.*/, '')) ?? anywhere,
      relay: true,
      bootstrap: bootstrap ? [...bootstrap.addresses] : [],
      storage: join(this.#folder, member.name),
      mdns: false,
    })
  }

  /** All running members except this one. */
  othersOf(member: MemberProcess): readonly MemberProcess[] {
    return this.members.filter(other => other !== member && other.state === 'running')
  }

  since(sinceMs: number): readonly Observation[] {
    return this.#log.filter(({ at }) => at >= sinceMs)
  }

  /** Resolves when the condition holds, or when the time is over. */
  until(condition: () => boolean, withinMs: number): Promise<void> {
    return new Promise(resolve => {
      const look = () => condition() && end()
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const timer = setTimeout(end, withinMs)
      this.#waiting.add(look)
      look()
    })
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map(member => member.end()))
    await rm(this.#folder, { recursive: true, force: true })
  }

  #record(observation: Observation): void {
    this.#log.push(observation)
    const about = this.members.find(({ name }) => name === observation.name)
    if (
      observation.event === 'fail' &&
      about?.state === 'running' &&
      observation.observer.state === 'running'
    )
      this.falseSuspicions++
    for (const look of this.#waiting) look()
  }
}
