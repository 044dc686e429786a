/** Session: one cluster as React holds it, with the rooms and configs that its components are in, each entered once. */
import type { Cluster, Config, ConfigSchema, Room } from '@hearsay/core'
import type { ConfigDefinition } from './define-config.ts'
import { Leases, lingerMs } from './ref-counted-resources.ts'
import { readySource, type Source, whenReady } from './resource.ts'

/** A cluster, one that is being joined, or how to join one. */
export type ClusterGiven = Cluster | Promise<Cluster> | (() => Promise<Cluster>)

/** Of whatever type the app reads and writes there. */
export type AnyConfig = Config<ConfigSchema | undefined>

export class Session {
  readonly cluster: Source<Cluster>
  readonly #rooms = new Leases<Room>(room => room.leave())
  readonly #configs = new Leases<AnyConfig>(config => config.leave())
  #mounted: () => void = () => {}
  readonly #untilMounted = new Promise<void>(resolve => {
    this.#mounted = resolve
  })

  constructor(cluster: Source<Cluster>) {
    this.cluster = cluster
  }

  /** Its provider is on the page, and stays there while others wait. */
  mounted(): void {
    this.#mounted()
  }

  /** What waits takes along a provider that is not mounted: it would be made anew, and join anew, without end. */
  async untilMounted(): Promise<void> {
    const hint = setTimeout(() => console.error(mixed), lingerMs)
    await this.#untilMounted
    clearTimeout(hint)
  }

  /** @param presence what is shown from the first moment on */
  room(name: string, presence: object): Source<Room> {
    return this.#rooms.source(name, async () => {
      const cluster = await whenReady(this.cluster)
      const room = await cluster.room(name)
      try {
        room.presence.set({ ...presence })
      } catch (error) {
        room.leave()
        throw error
      }
      return room
    })
  }

  config(asked: string | ConfigDefinition<ConfigSchema | undefined>): Source<AnyConfig> {
    const { name, options } = typeof asked === 'string' ? { name: asked } : asked
    const open = async () => (await whenReady(this.cluster)).config(name, options)
    return this.#configs.source(name, open, options)
  }
}

const mixed =
  "a hook of '@hearsay/react/suspense' waits for a <ClusterProvider> that cannot mount: import that from '@hearsay/react/suspense', too"

/** Of clusters that belong to the app: all providers that are given one share what they enter. */
const sessions = new WeakMap<Cluster | Promise<Cluster>, Session>()

/** A new one for a function, which is called when the session is first held: its cluster belongs to the session. */
export function sessionOf(given: ClusterGiven): Session {
  if (typeof given === 'function') {
    const own = new Leases<Cluster>(cluster => cluster.leave())
    const source = own.source('cluster', async () => checked(await given()))
    const settled = () => session.untilMounted().then(source.settled)
    const session: Session = new Session({ ...source, settled })
    return session
  }
  const known = sessions.get(given)
  if (known) return known
  const isPromise = typeof given === 'object' && given !== null && 'then' in given
  const session = new Session(isPromise ? promised(given) : readySource(checked(given)))
  sessions.set(given, session)
  return session
}

function promised(cluster: Promise<Cluster>): Source<Cluster> {
  return new Leases<Cluster>(() => {}).source('cluster', async () => checked(await cluster))
}

/** What apps without types may forget to give. */
function checked(cluster: Cluster | undefined): Cluster {
  if (cluster?.members) return cluster
  throw new TypeError(
    'ClusterProvider: give it a cluster, or a function that returns one: cluster={() => joinCluster(…)}',
  )
}
