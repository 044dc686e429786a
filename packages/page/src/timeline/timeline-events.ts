/** Timeline events: the member events that this tab received and the commands to processes, in order of arrival. */
import type { Cluster, ClusterEventType, Member } from '@hearsay/core'
import { useCluster } from '@hearsay/react'
import { useEffect, useState } from 'react'

export interface TimelineEvent {
  /** Increases with each event. */
  readonly key: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly kind: ClusterEventType | 'act'
  readonly name: string
  readonly text: string
  /** Milliseconds from the last command to its process until this tab received the event. */
  readonly afterMs: number | undefined
}

/** At most 200 events are kept (our choice). */
const maxEvents = 200
/** 60 s (our choice): a later event has another cause than the command. */
const effectMs = 60_000

const eventText: Record<ClusterEventType, string> = {
  join: 'is here',
  update: 'changed its record',
  suspect: 'is suspected',
  recover: 'is no longer suspected',
  fail: 'is dead',
  leave: 'has left',
}

/** Reports commands to processes. @returns a function that ends this */
export type FollowActs = (acted: (name: string, text: string) => void) => () => void

/** Newest first. @param followActs always the same function */
export function useTimelineEvents(followActs?: FollowActs): readonly TimelineEvent[] {
  const cluster = useCluster()
  const [events, set] = useState<readonly TimelineEvent[]>([])
  useEffect(() => {
    if (!cluster) return undefined
    const add = (event: TimelineEvent) => set(before => [event, ...before].slice(0, maxEvents))
    return followTimelineEvents(cluster, add, followActs)
  }, [cluster, followActs])
  return events
}

let lastKey = 0

function followTimelineEvents(
  cluster: Cluster,
  add: (event: TimelineEvent) => void,
  followActs: FollowActs | undefined,
): () => void {
  /** Name of a process → time of the last command to it. */
  const actedMs = new Map<string, number>()
  const aborted = new AbortController()
  const { signal } = aborted
  /** Member id → the visible part of its record at its last event. */
  const lastShown = new Map(cluster.members.getSnapshot().map(member => [member.id, visible(member)]))
  const happened = (kind: TimelineEvent['kind'], name: string, text: string) => {
    const at = Date.now()
    const sinceMs = at - (actedMs.get(name) ?? Number.NEGATIVE_INFINITY)
    const afterMs = kind !== 'act' && kind !== 'update' && sinceMs < effectMs ? sinceMs : undefined
    add({ key: ++lastKey, at, kind, name, text, afterMs })
  }
  for (const [kind, text] of Object.entries(eventText) as [ClusterEventType, string][])
    cluster.events.addEventListener(
      kind,
      ({ detail }) => {
        const was = lastShown.get(detail.id)
        lastShown.set(detail.id, visible(detail))
        // A change of addresses alone is not visible.
        if (kind !== 'update' || was !== visible(detail)) happened(kind, detail.name, text)
      },
      { signal },
    )
  const stop = followActs?.((name, text) => {
    actedMs.set(name, Date.now())
    happened('act', name, text)
  })
  return () => {
    aborted.abort()
    stop?.()
  }
}

const visible = ({ name, tags }: Member): string => JSON.stringify([name, tags])
