/**
 * Health store: the health of a cluster as a store.
 *
 * Core emits no event when the health changes. The store therefore reads the health whenever a member changes and, while
 * it has subscribers, at each refresh of the heartbeats: a snapshot is at most 1 s old. The snapshot stays the same
 * object until a figure changes.
 */
import type { Cluster, Health, Store } from '@hearsay/core'

const stores = new WeakMap<Cluster, Store<Health>>()

export function healthOf(cluster: Cluster): Store<Health> {
  const store = stores.get(cluster) ?? createHealthStore(cluster)
  stores.set(cluster, store)
  return store
}

function createHealthStore(cluster: Cluster): Store<Health> {
  let last: Health | undefined
  return {
    getSnapshot() {
      const now = cluster.health()
      if (!last || !isSame(last, now)) last = now
      return last
    },
    subscribe(listener) {
      const stops = [cluster.members.subscribe(listener), cluster.heartbeats.subscribe(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

function isSame(a: Health, b: Health): boolean {
  const keys = Object.keys(a) as (keyof Health)[]
  return keys.every(key => Object.is(a[key], b[key]))
}
