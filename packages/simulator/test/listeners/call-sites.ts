/** Call sites: the places where an app's function is called, and an action that triggers each. */
import * as Y from 'yjs'
import type { Apps, ListenerFixture } from './run-listeners.ts'

export interface CallSite {
  /** Returns the undo. */
  listen(fixture: ListenerFixture, listener: () => unknown): () => void
  happen(fixture: ListenerFixture): Promise<void>
  /** The call site takes only one function, so no other listener can run beside it. */
  readonly isAlone?: boolean
  /**
   * The function judges a value: an error that it throws means that the value is invalid, and is not
   * reported.
   */
  readonly isJudge?: boolean
  /** Yjs itself calls the function, and drops the promise that it returns. */
  readonly isOfYjs?: boolean
  /** An observer of the document, which ends with the document. */
  readonly isOfDocument?: boolean
}

type Trigger = CallSite['happen']
type Store = { subscribe(listener: () => void): () => void }
type Target = Record<'addEventListener' | 'removeEventListener', (type: string, listener: () => void) => void>
type Observable = Record<'on' | 'off', (name: string, observer: () => void) => unknown>

const store = (of: (apps: Apps) => Store, happen: Trigger): CallSite => ({
  listen: ({ subject }, listener) => of(subject).subscribe(listener),
  happen,
})

const event = (of: (apps: Apps) => unknown, type: string, happen: Trigger): CallSite => ({
  listen({ subject }, listener) {
    const target = of(subject) as Target
    target.addEventListener(type, listener)
    return () => target.removeEventListener(type, listener)
  },
  happen,
})

const observer = (of: (apps: Apps) => unknown, name: string, happen: Trigger): CallSite => ({
  listen({ subject }, listener) {
    const observable = of(subject) as Observable
    observable.on(name, listener)
    return () => observable.off(name, listener)
  },
  happen,
})

/** The other member acts, and the result arrives at the subject. */
const otherDoes =
  (act: (other: Apps) => unknown, ms = 1_000): Trigger =>
  async ({ simulation, other }) => {
    await act(other)
    await simulation.run(ms)
  }

/** The subject acts. An error is ignored: the subject may have left. */
const subjectDoes =
  (act: (subject: Apps) => unknown, ms = 1_000): Trigger =>
  async ({ simulation, subject }) => {
    try {
      await act(subject)
    } catch {}
    await simulation.run(ms)
  }

const tags = otherDoes(({ cluster }) => cluster.update({ tags: { changed: 'yes' } }))
const presence = otherDoes(({ room }) => room.presence.set({ cursor: 1 }))
const entry = otherDoes(({ config }) => config.set('key', 1))
const text = otherDoes(({ room }) => room.doc.getText('text').insert(0, 'x'))
const awareness = otherDoes(({ room }) => room.awareness.setLocalStateField('user', { name: 'ada' }))

const stall: Trigger = async ({ simulation, third }) => {
  simulation.pause(third, 4_000)
  await simulation.run(20_000)
}

const conflict: Trigger = async ({ simulation, subject, other }) => {
  await other.config.set('key', 0)
  await simulation.run(1_000)
  const others = simulation.members.map(({ name }) => name).filter(name => name !== subject.name)
  const heal = simulation.cut(subject.name, others)
  await Promise.allSettled([subject.config.set('key', 1), other.config.set('key', 2)])
  await simulation.run(100)
  heal()
  await simulation.run(20_000)
}

const storeFails: Trigger = async ({ simulation, subject }) => {
  const repair = simulation.failStorage(subject.name, { type: 'full' })
  subject.config.set('stored', 1).catch(() => {})
  await simulation.run(3_000)
  repair()
  await simulation.run(35_000)
}

const reconnect: Trigger = async fixture => {
  await subjectDoes(({ room }) => room.provider.disconnect())(fixture)
  await subjectDoes(({ room }) => room.provider.connect(), 3_000)(fixture)
}

const collision: Trigger = async ({ simulation, subject, other }) => {
  other.room.doc.clientID = subject.room.doc.clientID
  await simulation.run(2_000)
}

/** Adds content of 1,100 clients that no longer write. The members then compact the document. */
const epoch: Trigger = async ({ simulation, other }) => {
  other.room.doc.transact(() => {
    for (let client = 1; client <= 1_100; client++) {
      const doc = new Y.Doc()
      doc.clientID = client
      doc.getMap('clients').set(`${client % 10}`, client)
      Y.applyUpdate(other.room.doc, Y.encodeStateAsUpdate(doc))
    }
  })
  await simulation.run(20_000)
}

const documentObserver = (name: string): CallSite => ({
  ...observer(({ room }) => room.doc, name, text),
  isOfDocument: true,
})

export const callSites: Readonly<Record<string, CallSite>> = {
  'cluster.members': store(({ cluster }) => cluster.members, tags),
  'cluster.heartbeats': store(
    ({ cluster }) => cluster.heartbeats,
    ({ simulation }) => simulation.run(3_000),
  ),
  'cluster.health': store(
    ({ cluster }) => cluster.health,
    async ({ simulation }) => {
      simulation.add()
      await simulation.run(3_000)
    },
  ),
  'cluster: join': event(
    ({ cluster }) => cluster.events,
    'join',
    async ({ simulation }) => {
      simulation.add()
      await simulation.run(3_000)
    },
  ),
  'cluster: update': event(({ cluster }) => cluster.events, 'update', tags),
  'cluster: suspect': event(({ cluster }) => cluster.events, 'suspect', stall),
  'cluster: recover': event(({ cluster }) => cluster.events, 'recover', stall),
  'cluster: fail': event(
    ({ cluster }) => cluster.events,
    'fail',
    async ({ simulation, third }) => {
      simulation.crash(third)
      await simulation.run(10_000)
    },
  ),
  'cluster: leave': event(
    ({ cluster }) => cluster.events,
    'leave',
    async ({ simulation, third }) => {
      const left = simulation.leave(third)
      await simulation.run(2_000)
      await left
    },
  ),
  'cluster: storage': event(({ cluster }) => cluster.events, 'storage', storeFails),
  'room.members': store(
    ({ room }) => room.members,
    async ({ simulation, third }) => {
      await simulation.member(third).cluster.room('design')
      await simulation.run(2_000)
    },
  ),
  'presence.own': store(
    ({ room }) => room.presence.own,
    subjectDoes(({ room }) => room.presence.set({ cursor: 1 })),
  ),
  'presence.others': store(({ room }) => room.presence.others, presence),
  'presence: update': event(({ room }) => room.presence.events, 'update', presence),
  'room: event': event(
    ({ room }) => room.events,
    'event',
    otherDoes(({ room }) => room.broadcast({ hello: 1 })),
  ),
  'config.entries': store(({ config }) => config.entries, entry),
  'config.watch': {
    listen: ({ subject }, listener) => subject.config.watch('key', listener),
    happen: entry,
  },
  'config: change': event(({ config }) => config.events, 'change', entry),
  'config: conflict': event(({ config }) => config.events, 'conflict', conflict),
  'config: refused': event(
    ({ config }) => config.events,
    'rejected',
    otherDoes(({ config }) => config.set('bad', 'invalid')),
  ),
  'config: schema': {
    listen({ functions }, listener) {
      functions.validate = listener
      return () => {
        functions.validate = () => {}
      }
    },
    happen: entry,
    isAlone: true,
    isJudge: true,
  },
  'provider: status': observer(({ room }) => room.provider, 'status', reconnect),
  'provider: synced': observer(({ room }) => room.provider, 'synced', reconnect),
  'provider: sync': observer(({ room }) => room.provider, 'sync', reconnect),
  'provider: collision': observer(({ room }) => room.provider, 'collision', collision),
  'provider: epoch': observer(({ room }) => room.provider, 'epoch', epoch),
  'awareness: change': observer(({ room }) => room.awareness, 'change', awareness),
  'awareness: update': observer(({ room }) => room.awareness, 'update', awareness),
  'doc: update': documentObserver('update'),
  'doc: updateV2': documentObserver('updateV2'),
  'doc: beforeTransaction': documentObserver('beforeTransaction'),
  'doc: afterTransaction': documentObserver('afterTransaction'),
  'doc: afterAllTransactions': documentObserver('afterAllTransactions'),
  'text.observe': {
    listen({ subject }, listener) {
      const shared = subject.room.doc.getText('text')
      shared.observe(listener)
      return () => shared.unobserve(listener)
    },
    happen: text,
    isOfYjs: true,
  },
  'text.observeDeep': {
    listen({ subject }, listener) {
      const shared = subject.room.doc.getText('text')
      shared.observeDeep(listener)
      return () => shared.unobserveDeep(listener)
    },
    happen: text,
    isOfYjs: true,
  },
  'document: seed': {
    listen({ functions }, listener) {
      functions.seed = listener
      return () => {
        functions.seed = () => {}
      }
    },
    happen: async ({ simulation, subject, functions }) => {
      subject.room.document('seeded', { seed: () => functions.seed() })
      await simulation.run(5_000)
    },
    isAlone: true,
  },
}
