/** The actions that an app may take in a listener. */
import type { Apps } from './run-listeners.ts'

export interface Call {
  readonly apps: Apps
  /** The number of this call of the listener. */
  readonly number: number
  /** Removes this listener. */
  readonly unlisten: () => void
  /** Adds another listener at the same place. */
  readonly listenToo: () => void
  /** Registers a promise that the app awaits. */
  readonly awaits: (promise: Promise<unknown>) => void
}

export interface Act {
  run(call: Call): unknown
  /** After this action the subject has left the cluster, room or config, or closed the document. */
  readonly ends?: 'cluster' | 'room' | 'config' | 'document'
  readonly throws?: 'now' | 'later'
}

const tags = (number: number) => ({ tags: { number: `${number}` } })

// Another test covers configs whose writes reject because they cannot be stored.
export const acts: Readonly<Record<string, Act>> = {
  'update anew each time': { run: ({ apps, number }) => apps.cluster.update(tags(number)) },
  'update the same': { run: ({ apps }) => apps.cluster.update(tags(1)) },
  'cluster.leave': { run: ({ apps, awaits }) => awaits(apps.cluster.leave()), ends: 'cluster' },
  'await cluster.leave': { run: async ({ apps }) => await apps.cluster.leave(), ends: 'cluster' },
  'enter another room': { run: ({ apps, awaits }) => awaits(apps.cluster.room('another')) },
  'enter the room again': { run: ({ apps, awaits }) => awaits(apps.cluster.room('design')) },
  'open another config': { run: ({ apps, awaits }) => awaits(apps.cluster.config('another')) },
  'presence.set anew each time': { run: ({ apps, number }) => apps.room.presence.set({ number }) },
  'presence.set the same': { run: ({ apps }) => apps.room.presence.set({ same: 1 }) },
  'config.set anew each time': {
    run: ({ apps, number }) => void apps.config.set('number', number).catch(() => {}),
  },
  'config.delete': { run: ({ apps }) => void apps.config.delete('number').catch(() => {}) },
  'open a document': { run: ({ apps }) => apps.room.document('another').doc.getText('t').insert(0, 'x') },
  'write the document': { run: ({ apps, number }) => apps.room.doc.getMap('map').set('number', number) },
  'set awareness': { run: ({ apps, number }) => apps.room.awareness.setLocalStateField('number', number) },
  broadcast: { run: ({ apps, number }) => apps.room.broadcast({ number }) },
  'subscribe everywhere': {
    run: ({ apps: { cluster, room, config } }) => {
      const nothing = () => {}
      for (const store of [cluster.members, room.members, room.presence.others, config.entries])
        store.subscribe(nothing)
      cluster.events.addEventListener('update', nothing)
      room.provider.on('synced', nothing)
    },
  },
  'listen there, too': { run: ({ listenToo }) => listenToo() },
  unsubscribe: { run: ({ unlisten }) => unlisten() },
  'health and explain': {
    run: ({ apps: { cluster }, awaits }) => {
      cluster.health.getSnapshot()
      for (const { id } of cluster.members.getSnapshot()) awaits(cluster.explain(id))
      cluster.heartbeats.getSnapshot()
    },
  },
  'ask a query': {
    run: ({ apps: { cluster }, number }) => void cluster.query('number', number).catch(() => {}),
  },
  'answer a query': { run: ({ apps }) => apps.cluster.answer('number', () => 1) },
  'cluster.broadcast': {
    run: ({ apps, number }) => void apps.cluster.broadcast('number', number).catch(() => {}),
  },
  'settled and heldBy': {
    run: ({ apps: { cluster } }) => {
      void cluster.settled().catch(() => {})
      void cluster.heldBy().catch(() => {})
    },
  },
  'suspend and resume': {
    run: ({ apps: { cluster } }) => {
      cluster.suspend()
      cluster.resume()
    },
  },
  'enter a private room': {
    run: ({ apps, awaits }) => awaits(apps.cluster.room('private', { secret: '0123456789abcdef' })),
  },
  'room.leave': { run: ({ apps }) => apps.room.leave(), ends: 'room' },
  'config.leave': { run: ({ apps }) => apps.config.leave(), ends: 'config' },
  'leave all of it': {
    run: ({ apps, awaits }) => {
      apps.room.leave()
      apps.config.leave()
      awaits(apps.cluster.leave())
    },
    ends: 'cluster',
  },
  'disconnect the document': { run: ({ apps }) => apps.room.provider.disconnect(), ends: 'document' },
  'destroy the document': { run: ({ apps }) => apps.room.provider.destroy(), ends: 'document' },
  throw: {
    run: () => {
      throw new Error('of the app')
    },
    throws: 'now',
  },
  reject: { run: () => Promise.reject(new Error('of the app')), throws: 'later' },
}
