/// <reference lib="dom" />
/** A page that becomes a member when the test asks for it, and reports what it sees. */

import type { Cluster, ClusterEventType, Health, JoinOptions, Room } from '@hearsay/core'
import { joinFromTab } from '@hearsay/tabs'
import { until } from '../../helpers/until.ts'
import { endStep, followTakeover, takeoverTimes, watchTakeover } from './takeover-timeline.ts'

/** Member name → status. */
export type View = Readonly<Record<string, string>>

interface Shown {
  readonly cursor: number
  /** When it was shown, in epoch milliseconds. */
  readonly atMs: number
}

/** An event about another member that this page received, with its time in epoch milliseconds. */
export interface Sighting {
  readonly event: ClusterEventType
  readonly name: string
  readonly atMs: number
}

let cluster: Cluster
let room: Room<Shown>
const sightings: Sighting[] = []
/** The delay of each cursor update from others, in milliseconds. */
const delaysMs: number[] = []
/** When cursor updates from others arrived, in epoch milliseconds. */
const arrivals: number[] = []
let longestGapMs = 0
/** The storage events that this page received: `ok`, or the reason of the failure. */
const storeStates: string[] = []

let isLeader = false
let isPreparedToLead = false

/** All pages of one machine share this clock, to a fraction of a millisecond. */
const nowMs = () => performance.timeOrigin + performance.now()

const view = (): View =>
  Object.fromEntries(cluster.members.getSnapshot().map(({ name, status }) => [name, status]))

const idOf = (name: string): string =>
  cluster.members.getSnapshot().find(member => member.name === name)?.id ?? ''

const shownBy = (name: string): Partial<Shown> | undefined =>
  room.presence.others.getSnapshot().find(({ id }) => id === idOf(name))?.presence

/** Joins as a member of its own. */
async function joinAlone(options: JoinOptions): Promise<Cluster> {
  // Loaded only by pages that are members.
  const { joinCluster } = await import('@hearsay/core')
  return joinCluster(options)
}

/** @returns the id of the member */
function follow(joined: Cluster): string {
  cluster = joined
  for (const event of ['join', 'update', 'suspect', 'recover', 'fail', 'leave'] as const)
    cluster.events.addEventListener(event, ({ detail: { name } }) =>
      sightings.push({ event, name, atMs: nowMs() }),
    )
  cluster.events.addEventListener('storage', ({ detail }) =>
    storeStates.push(detail.status === 'ok' ? 'ok' : detail.error.message),
  )
  return cluster.self.id
}

export const member = {
  /** @returns its id */
  async join(options: JoinOptions): Promise<string> {
    return follow(await joinAlone(options))
  },
  /** All pages of the browser that call this share a member. @returns its id */
  async joinShared(options: JoinOptions, isPrepared = false): Promise<string> {
    const begun = () => {
      isLeader = true
      endStep('leader lock granted')
    }
    return follow(
      await joinFromTab({
        cluster: options.cluster ?? '',
        join: async () => {
          begun()
          const { joinCluster } = await import('@hearsay/core')
          endStep('modules loaded')
          return followTakeover(await joinCluster(options))
        },
        ...(isPrepared && {
          prepare: async () => {
            const { prepareCluster } = await import('@hearsay/core')
            const { join, close } = await prepareCluster(options)
            isPreparedToLead = true
            return {
              async join() {
                begun()
                endStep('modules loaded')
                return followTakeover(await join())
              },
              close,
            }
          },
        }),
      }),
    )
  },
  /** Whether this page has ever prepared to take over. */
  isPrepared: (): boolean => isPreparedToLead,
  /** Whether this page has ever joined the cluster by itself. */
  isLeader: (): boolean => isLeader,
  watchTakeover,
  takeoverTimes,
  leave: (): Promise<void> => cluster.leave(),
  health: (): Health => cluster.health.getSnapshot(),
  /** The members that it sees, with their statuses. */
  view,
  storeStates(): readonly string[] {
    return storeStates
  },
  /** Resolves when it sees exactly these members. */
  async sees(expected: View): Promise<void> {
    const names = Object.keys(expected)
    await until(cluster.members, () => {
      const seen = view()
      return Object.keys(seen).length === names.length && names.every(name => seen[name] === expected[name])
    })
  },
  /** Resolves when it sees this member with one of these statuses. */
  async seesStatus(name: string, ...statuses: readonly string[]): Promise<void> {
    await until(cluster.members, () => statuses.includes(view()[name] ?? ''))
  },
  /** Resolves when it has a direct connection to this member. */
  async isLinkedTo(name: string): Promise<void> {
    const isLinked = async () => (await cluster.explain(idOf(name))).connected
    while (!(await isLinked())) await new Promise<void>(resolve => setTimeout(resolve, 100))
  },
  async enter(): Promise<void> {
    room = await cluster.room<Shown>('design')
    room.presence.events.addEventListener('update', ({ detail: { id } }) => {
      const atMs = room.presence.others.getSnapshot().find(other => other.id === id)?.presence.atMs
      if (atMs === undefined) return
      delaysMs.push(nowMs() - atMs)
      arrivals.push(nowMs())
    })
  },
  show(cursor: number): void {
    room.presence.set({ cursor, atMs: nowMs() })
  },
  /** Moves the cursor from now on. */
  move(everyMs: number): void {
    let cursor = 0
    setInterval(() => member.show(++cursor), everyMs)
  },
  /** When cursors arrived since this time, both in epoch milliseconds. */
  arrivalsSince: (sinceMs: number): readonly number[] => arrivals.filter(atMs => atMs >= sinceMs),
  /** Appends to the room's document. */
  write(text: string): void {
    const written = room.doc.getText('notes')
    written.insert(written.length, text)
  },
  written: (): string => room.doc.getText('notes').toString(),
  /** Resolves when the room's document contains this text. */
  async read(text: string): Promise<void> {
    const isRead = () => room.doc.getText('notes').toString() === text
    while (!isRead()) await new Promise<void>(resolve => room.doc.once('update', () => resolve()))
  },
  /** Resolves when everything written is stored. */
  stored: (): Promise<void> => room.provider.stored(),
  /** The events about others, in order. */
  sightings: (): readonly Sighting[] => sightings,
  /** The delays of the cursor updates since the last call, in milliseconds. */
  delaysMs: (): number[] => delaysMs.splice(0),
  /** From now on measures how late timers run. */
  watchTimers(): void {
    let lastMs = performance.now()
    setInterval(() => {
      const now = performance.now()
      longestGapMs = Math.max(longestGapMs, now - lastMs)
      lastMs = now
    }, 50)
  },
  visibility: (): { readonly state: string; readonly longestGapMs: number } => ({
    state: document.visibilityState,
    longestGapMs,
  }),
  /** Resolves when another member has this cursor. */
  async sawCursor(name: string, cursor: number): Promise<void> {
    await until(room.presence.others, () => shownBy(name)?.cursor === cursor)
  },
}

export type PageMember = typeof member

Object.assign(globalThis, { member })
