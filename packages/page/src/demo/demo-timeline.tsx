/** Demo timeline: the events, and the commands to the demo's processes. */
import type { ReactNode } from 'react'
import type { DemoProcess, DemoState, ProcessState } from '../contract.ts'
import { Timeline } from '../timeline/timeline.tsx'
import type { FollowActs } from '../timeline/timeline-events.ts'
import { onDemoChange } from './demo-store.ts'

export function DemoTimeline(): ReactNode {
  return <Timeline hint="Nothing yet. Kill a process, or open another tab." followActs={followCommands} />
}

const followCommands: FollowActs = acted =>
  onDemoChange((now, before) => {
    for (const [process, was] of changedProcesses(now, before))
      acted(process.name, describeTransition(was.state, process.state))
  })

function changedProcesses(now: DemoState, before: DemoState): (readonly [DemoProcess, DemoProcess])[] {
  return now.processes.flatMap(process => {
    const was = before.processes.find(({ name }) => name === process.name)
    return was && was.state !== process.state ? [[process, was] as const] : []
  })
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
