/** hearsay replica: a member of a cluster on loopback, as in an app. */
import { type Cluster, joinCluster, type Room } from '@hearsay/core'
import { CountingDatastore } from './counting-datastore.ts'
import type { OpenDocument, Replica, ReplicaOptions } from './replica.ts'

export class HearsayReplica implements Replica {
  readonly #options: ReplicaOptions
  readonly #store: CountingDatastore | undefined
  #joined: { readonly cluster: Cluster; readonly room: Room } | undefined
  #suspicions = 0

  constructor(options: ReplicaOptions) {
    this.#options = options
    this.#store = options.hasStorage ? new CountingDatastore() : undefined
  }

  async start(): Promise<string | undefined> {
    const { name, contact } = this.#options
    const cluster = await joinCluster({
      cluster: 'documents',
      name,
      mdns: false,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      ...(contact !== undefined && { bootstrap: [contact] }),
      ...(this.#store && { storage: this.#store }),
    })
    cluster.events.addEventListener('suspect', () => {
      this.#suspicions += 1
    })
    this.#joined = { cluster, room: await cluster.room('bench') }
    return cluster.self.addresses[0]
  }

  async open(name: string): Promise<OpenDocument> {
    const { doc, provider } = this.#running.room.document(name)
    return { doc, stored: () => provider.stored() }
  }

  show(_: string, number: number): void {
    this.#running.room.presence.set({ number })
  }

  watch(_: string, changed: (other: string) => void): void {
    const { presence } = this.#running.room
    presence.events.addEventListener('update', ({ detail }) => changed(detail.id))
  }

  get suspicions(): number {
    return this.#suspicions
  }

  get storedBytes(): number | null {
    return this.#store?.bytes ?? null
  }

  async leave(): Promise<void> {
    await this.#running.cluster.leave()
    this.#joined = undefined
  }

  get #running(): { readonly cluster: Cluster; readonly room: Room } {
    if (!this.#joined) throw new Error(`${this.#options.name} has not joined`)
    return this.#joined
  }
}
