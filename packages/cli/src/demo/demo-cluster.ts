/** Cast: the demo's members on loopback, and all that each of them said of another. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kindTag, type MemberKind } from '@hearsay/page/contract'
import { names } from './member-names.ts'
import { Actor, type Identity } from './member-process.ts'
import type { Sighting } from './messages.ts'

const anywhere = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']

export interface Observation extends Sighting {
  readonly observer: Actor
}

export class Cast {
  readonly actors: readonly Actor[]
  /** How often one that ran and answered was declared dead. */
  falseAlarms = 0

  readonly cluster: string = `demo-${process.pid}`

  readonly #log: Observation[] = []
  readonly #waiting = new Set<() => void>()
  readonly #watching = new Set<() => void>()
  readonly #folder = mkdtempSync(join(tmpdir(), 'hearsay-demo-'))

  constructor(members: number) {
    this.actors = names.slice(0, members).map(name => {
      const actor: Actor = new Actor(name, {
        sighted: sighting => this.#record({ ...sighting, observer: actor }),
        changed: () => {
          for (const changed of this.#watching) changed()
        },
      })
      return actor
    })
  }

  /** Calls back when an actor's state or identity is another. @returns the end of it */
  watch(changed: () => void): () => void {
    this.#watching.add(changed)
    return () => this.#watching.delete(changed)
  }

  /** Starts it, or starts it again from what it stored. */
  start(actor: Actor, bootstrap?: Identity): Promise<Identity> {
    return actor.start({
      cluster: this.cluster,
      name: actor.name,
      tags: { [kindTag]: 'process' satisfies MemberKind },
      // Where it was before, if it was: a page that lost all processes finds them again.
      listen: actor.identity?.addresses.map(address => address.replace(/\/p2p\/.*/, '')) ?? anywhere,
      relay: true,
      bootstrap: bootstrap ? [...bootstrap.addresses] : [],
      storage: join(this.#folder, actor.name),
      mdns: false,
    })
  }

  /** Those that run and are not asked about themselves. */
  observersOf(actor: Actor): readonly Actor[] {
    return this.actors.filter(other => other !== actor && other.state === 'running')
  }

  since(sinceMs: number): readonly Observation[] {
    return this.#log.filter(({ at }) => at >= sinceMs)
  }

  /** Resolves as soon as the condition holds, or when the time is over. */
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
    await Promise.all(this.actors.map(actor => actor.end()))
    await rm(this.#folder, { recursive: true, force: true })
  }

  #record(observation: Observation): void {
    this.#log.push(observation)
    const about = this.actors.find(({ name }) => name === observation.name)
    if (
      observation.event === 'fail' &&
      about?.state === 'running' &&
      observation.observer.state === 'running'
    )
      this.falseAlarms++
    for (const look of this.#waiting) look()
  }
}
