/** Join: a member that keeps the notes in this browser, and has them without a network, too. */
import { type Cluster, type JoinOptions, joinCluster, StorageError } from '@hearsay/core'

/** Where the first member is found; `start.ts` runs one there. */
const relay = import.meta.env['VITE_RELAY'] ?? '/ip4/127.0.0.1/tcp/4811/ws'

const animals = ['badger', 'crane', 'dormouse', 'finch', 'hare', 'lynx', 'otter', 'raven', 'stoat', 'wren']

export async function join(): Promise<Cluster> {
  const name = animals[Math.floor(Math.random() * animals.length)] as string
  const options: JoinOptions = { cluster: 'shared-notes', name, bootstrap: [relay], iceServers: [] }
  try {
    return await joinCluster({ ...options, storage: 'shared-notes' })
  } catch (error) {
    // Another tab of this browser keeps them: this one gets them from there, as from any other member.
    if (error instanceof StorageError) return await joinCluster(options)
    throw error
  }
}
