/** Session: one cluster as React holds it, with the rooms and configs that its components are in, each entered once. */
import type { Cluster, Config, ConfigSchema, Room } from '@hearsay/core'
import type { ConfigDefinition } from './define-config.ts'
import { RefCountedResources, releaseDelayMs } from './ref-counted-resources.ts'
import { type Resource, readyResource, whenReady } from './resource.ts'

/** A cluster, one that is being joined, or how to join one. */
export type ClusterSource = Cluster | Promise<Cluster> | (() => Promise<Cluster>)

/** Of whatever type the app reads and writes there. */
export type AnyConfig = Config<ConfigSchema | undefined>

export class Session {
  readonly cluster: Resource<Cluster>
  readonly #rooms = new RefCountedResources<Room>(room => room.leave())
  readonly #configs = new RefCountedResources<AnyConfig>(config => config.leave())
  #onMounted: () => void = () => {}
  readonly #untilMounted = new Promise<void>(resolve => {
    this.#onMounted = resolve
  })

  constructor(cluster: Resource<Cluster>) {
    this.cluster = cluster
  }

  /** Its provider is on the page, and stays there while others wait. */
  mounted(): void {
    this.#onMounted()
  }

  /** What waits takes along a provider that is not mounted: it would be made anew, and join anew, without end. */
  async untilMounted(): Promise<void> {
    const hint = setTimeout(() => console.error(mixed), releaseDelayMs)
    await this.#untilMounted
    clearTimeout(hint)
  }

  /** @param presence what is shown from the first moment on */
  room(name: string, presence: object): Resource<Room> {
    return this.#rooms.resource(name, async () => {
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

  config(asked: string | ConfigDefinition<ConfigSchema | undefined>): Resource<AnyConfig> {
    const { name, options } = typeof asked === 'string' ? { name: asked } : asked
    const open = async () => (await whenReady(this.cluster)).config(name, options)
    return this.#configs.resource(name, open, options)
  }
}

const mixed =
  "a hook of '@hearsay/react/suspense' waits for a <ClusterProvider> that cannot mount: import that from '@hearsay/react/suspense', too"

/** Of clusters that belong to the app: all providers that are given one share what they enter. */
const sessions = new WeakMap<Cluster | Promise<Cluster>, Session>()

/** A new one for a function, which is called when the session is first held: its cluster belongs to the session. */
export function sessionOf(cluster: ClusterSource): Session {
  if (typeof cluster === 'function') {
    const own = new RefCountedResources<Cluster>(cluster => cluster.leave())
    const source = own.resource('cluster', async () => checkedCluster(await cluster()))
    const whenSettled = () => session.untilMounted().then(source.whenSettled)
    const session: Session = new Session({ ...source, whenSettled })
    return session
  }
  const known = sessions.get(cluster)
  if (known) return known
  const isPromise = typeof cluster === 'object' && cluster !== null && 'then' in cluster
  const session = new Session(isPromise ? promised(cluster) : readyResource(checkedCluster(cluster)))
  sessions.set(cluster, session)
  return session
}

function promised(cluster: Promise<Cluster>): Resource<Cluster> {
  return new RefCountedResources<Cluster>(() => {}).resource('cluster', async () =>
    checkedCluster(await cluster),
  )
}

/** What apps without types may forget to give. */
function checkedCluster(cluster: Cluster | undefined): Cluster {
  if (cluster?.members) return cluster
  throw new TypeError(
    'ClusterProvider: give it a cluster, or a function that returns one: cluster={() => joinCluster(…)}',
  )
}
