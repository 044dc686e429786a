/** Timeline events: the member events that this tab received and the commands to processes, in order of arrival. */
import type { Cluster, ClusterEventType, Member } from '@hearsay/core'
import { useCluster } from '@hearsay/react'
import { useEffect, useState } from 'react'
import type { DemoProcess, DemoState, ProcessState } from '../contract.ts'
import { onDemoChange } from '../demo/demo-store.ts'

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

/** The text for a process's change from one state to another. */
function describeTransition(before: ProcessState, now: ProcessState): string {
  if (now === 'frozen') return 'was frozen'
  if (now === 'killed') return 'was killed'
  if (now === 'cut') return 'was cut off'
  if (now === 'left') return 'leaves'
  if (before === 'frozen') return 'thaws'
  if (before === 'cut') return 'is connected again'
  return 'starts'
}

/** Newest first. */
export function useTimelineEvents(): readonly TimelineEvent[] {
  const cluster = useCluster()
  const [events, set] = useState<readonly TimelineEvent[]>([])
  useEffect(() => {
    if (!cluster) return undefined
    return followTimelineEvents(cluster, event => set(before => [event, ...before].slice(0, maxEvents)))
  }, [cluster])
  return events
}

let lastKey = 0

function followTimelineEvents(cluster: Cluster, add: (event: TimelineEvent) => void): () => void {
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
  const stop = onDemoChange((now, before) => {
    for (const [process, was] of changedProcesses(now, before)) {
      actedMs.set(process.name, Date.now())
      happened('act', process.name, describeTransition(was.state, process.state))
    }
  })
  return () => {
    aborted.abort()
    stop()
  }
}

const visible = ({ name, tags }: Member): string => JSON.stringify([name, tags])

function changedProcesses(now: DemoState, before: DemoState): (readonly [DemoProcess, DemoProcess])[] {
  return now.processes.flatMap(process => {
    const was = before.processes.find(({ name }) => name === process.name)
    return was && was.state !== process.state ? [[process, was] as const] : []
  })
}
