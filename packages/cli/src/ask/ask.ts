/** Ask: opens the cluster, answers one question, and ends. Loads the code of an answer only if the question needs it. */
import type { Cluster } from '@hearsay/core'
import { findMember } from '../attach/find-member.ts'
import { type OpenedCluster, openAsked } from '../attach/open-cluster.ts'
import type { AskFlags } from '../attach/options.ts'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { endProcess } from '../terminal/output.ts'
import type { Question } from './options.ts'

/** Exit code 0: the question is answered, and nothing needs attention. 1: something needs attention, or there is no answer. */
export async function ask(question: Question, flags: AskFlags): Promise<void> {
  const stop = stopRequested()
  const opened = await Promise.race([openAsked(flags), stop])
  if (!opened) return endProcess(1)
  let isWell: boolean | undefined
  try {
    isWell = await Promise.race([answer(question, opened, flags.json), stop])
  } finally {
    await leaveWithin(opened.cluster)
  }
  await endProcess(isWell ? 0 : 1)
}

async function answer(question: Question, opened: OpenedCluster, json: true | undefined): Promise<boolean> {
  const { cluster } = opened
  switch (question.type) {
    case 'info':
      return (await import('./info.ts')).info(opened, json)
    case 'health':
      return (await import('./health.ts')).health(opened, json)
    case 'reachability':
      return (await import('./reachability.ts')).reachability(cluster, json)
    case 'explain':
      return (await import('./explain.ts')).explain(cluster, question.member, json)
    case 'rtt':
      return (await import('./rtt.ts')).roundTrip(cluster, known(cluster, question.member), json)
  }
}

/** The id of the member that the user means, or the text itself: it may be the id of a member that is not known. */
const known = ({ members }: Cluster, text: string): string =>
  findMember(members.getSnapshot(), text)?.id ?? text
