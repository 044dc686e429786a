/** Explain: why a member is, or is not, seen. Facts in the order in which they weigh, in plain sentences, and a hint. */

import type { Machine } from '../cluster/machine.ts'
import type { Instant } from '../state/instant.ts'
import type { Explanation } from './cluster.ts'

export function explain(machine: Machine, id: string, now: Instant): Explanation {
  const member = machine.member(id)
  if (!member) {
    const facts = ['No record of this member ever arrived here, or it was forgotten.']
    return {
      id,
      status: 'unknown',
      connected: false,
      facts,
      hint: machine.health().full
        ? 'The table is full of members that are here: no other can be seen.'
        : 'Is it in the same cluster, and can it reach any member of it?',
    }
  }
  const facts = [
    `Its record is of incarnation ${member.incarnation} and lists ${member.addresses.length} addresses.`,
  ]
  const entry = machine.table.get(id)
  const verdict = machine.detector.status(id)
  const connected = machine.overlay.isLinked(id)
  facts.push(connected ? 'There is a connection to it.' : 'There is no connection to it.')
  if (!machine.overlay.isNeighbour(id)) facts.push('It is no neighbour of ours: others watch over it.')
  const pulse = machine.pulse(id)
  if (pulse && entry?.heartbeat)
    facts.push(`Beat ${entry.heartbeat.beat} arrived ${seconds(now.epochMs - pulse.heardEpochMs)} ago.`)
  const observers = entry?.suspicions?.claims ?? []
  if (observers.length > 0) facts.push(`${observers.length} members signed a suspicion of it.`)
  if (verdict?.type === 'suspect')
    facts.push(`Unless it refutes, it counts as dead in ${seconds(verdict.deadlineMs - now.monotonicMs)}.`)
  if (machine.detector.awayUntilMs() > now.monotonicMs)
    facts.push('This member was away itself a moment ago and judges nobody yet.')
  return { id, status: member.status, connected, facts, hint: hintFor(member.status, connected) }
}

function hintFor(status: Explanation['status'], connected: boolean): string | undefined {
  switch (status) {
    case 'alive':
    case 'unknown':
      return undefined
    case 'suspect':
      return connected
        ? 'It is connected but silent: is its process stopped or busy?'
        : 'Is its process running?'
    case 'dead':
      return 'It did not refute in time. It comes back by itself when it can be reached again.'
    case 'left':
      return 'It said goodbye. It comes back when it joins again.'
  }
}

function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
}
