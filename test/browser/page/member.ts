/// <reference lib="dom" />
/** A page that is a member as soon as the test says so, and tells what it sees. */
import { type Cluster, type JoinOptions, joinCluster, type Room, type Store } from '@hearsay/core'

/** Member name → status. */
export type View = Readonly<Record<string, string>>

interface Shown {
  readonly cursor: number
}

let cluster: Cluster
let room: Room<Shown>

async function until<T>(store: Store<T>, fits: () => boolean): Promise<void> {
  if (fits()) return
  await new Promise<void>(resolve => {
    const stop = store.subscribe(() => {
      if (!fits()) return
      stop()
      resolve()
    })
  })
}

const view = (): View =>
  Object.fromEntries(cluster.members.getSnapshot().map(({ name, status }) => [name, status]))

const idOf = (name: string): string =>
  cluster.members.getSnapshot().find(member => member.name === name)?.id ?? ''

const shownBy = (name: string): Partial<Shown> | undefined =>
  room.presence.others.getSnapshot().find(({ id }) => id === idOf(name))?.presence

const member = {
  /** @returns its id */
  async join(options: JoinOptions): Promise<string> {
    cluster = await joinCluster(options)
    return cluster.self.id
  },
  /** Resolves when it sees just this. */
  async sees(expected: View): Promise<void> {
    const names = Object.keys(expected)
    await until(cluster.members, () => {
      const seen = view()
      return Object.keys(seen).length === names.length && names.every(name => seen[name] === expected[name])
    })
  },
  /** Resolves when there is a direct connection to this member. */
  async isLinkedTo(name: string): Promise<void> {
    const isLinked = () => cluster.explain(idOf(name)).connected
    // Connections are no part of any store: whoever is in the cluster beats, and that is a rhythm to look by.
    await until(cluster.heartbeats, isLinked)
  },
  async enter(): Promise<void> {
    room = await cluster.room<Shown>('design')
  },
  show(cursor: number): void {
    room.presence.set({ cursor })
  },
  /** Resolves when another shows this cursor. */
  async sawCursor(name: string, cursor: number): Promise<void> {
    await until(room.presence.others, () => shownBy(name)?.cursor === cursor)
  },
}

export type PageMember = typeof member

Object.assign(window, { member })
