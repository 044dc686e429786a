/** Session: a cluster, and the rooms and configs that its components use, each joined once. */
import type { Cluster, Config, ConfigSchema, Room, RoomOptions } from '@hearsay/core'
import { openShared, releaseShared } from './component-openings.ts'
import type { ConfigDefinition } from './define-config.ts'
import { RefCountedResources, releaseDelayMs } from './ref-counted-resources.ts'
import { type Resource, readyResource, whenReady } from './resource.ts'
import { removeShown, showPresence } from './shown-presence.ts'

/** A cluster, a promise of one, or a function that joins one. */
export type ClusterSource = Cluster | Promise<Cluster> | (() => Promise<Cluster>)

/** A config whose schema is not known to the type checker. */
export type AnyConfig = Config<ConfigSchema | undefined>

/** What `ClusterProvider` passes to the hooks below it. */
export class Session {
  readonly cluster: Resource<Cluster>
  readonly #rooms = new RefCountedResources<Room>(room => {
    if (!releaseShared(room)) removeShown(room)
  })
  readonly #configs = new RefCountedResources<AnyConfig>(releaseShared)
  #onMounted: () => void = () => {}
  readonly #untilMounted = new Promise<void>(resolve => {
    this.#onMounted = resolve
  })

  constructor(cluster: Resource<Cluster>) {
    this.cluster = cluster
  }

  /**
   * Called when the provider is mounted. From then on the provider stays mounted while components below it
   * suspend.
   */
  mounted(): void {
    this.#onMounted()
  }

  /**
   * If a hook suspends before its provider is mounted, React discards the provider. React would then create
   * another provider, which would join again, without end. So the hooks wait until the provider is mounted.
   */
  async untilMounted(): Promise<void> {
    const hint = setTimeout(() => console.error(mixed), releaseDelayMs)
    await this.#untilMounted
    clearTimeout(hint)
  }

  /** @param presence the presence of the local member at the moment it joins */
  room(name: string, presence: object, options: RoomOptions | undefined): Resource<Room> {
    const join = async () => {
      const cluster = await whenReady(this.cluster)
      const room = await openShared(() => cluster.room(name, options))
      try {
        showPresence(room, { ...presence })
      } catch (error) {
        releaseShared(room)
        throw error
      }
      return room
    }
    return this.#rooms.resource(name, join, options)
  }

  config(asked: string | ConfigDefinition<ConfigSchema | undefined>): Resource<AnyConfig> {
    const { name, options } = typeof asked === 'string' ? { name: asked } : asked
    const open = async () => {
      const cluster = await whenReady(this.cluster)
      return openShared(() => cluster.config(name, options))
    }
    return this.#configs.resource(name, open, options)
  }
}

const mixed =
  "a hook of '@hearsay/react/suspense' waits for a <ClusterProvider> that cannot mount: import <ClusterProvider> from '@hearsay/react/suspense', too"

/** Sessions of clusters that the app owns: all providers of one cluster share its rooms and configs. */
const sessions = new WeakMap<Cluster | Promise<Cluster>, Session>()

/** A function gets a new session, which owns the cluster and calls the function when the session is first retained. */
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

/** Checks the cluster at run time, for apps that are not type-checked. */
function checkedCluster(cluster: Cluster | undefined): Cluster {
  if (cluster?.members) return cluster
  throw new TypeError(
    'ClusterProvider: give it a cluster, or a function that returns one: cluster={() => joinCluster(…)}',
  )
}
