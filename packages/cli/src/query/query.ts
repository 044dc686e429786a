/** `hearsay query`: asks members, prints each answer when it arrives, and then the members that failed or are missing. */
import { styleText } from 'node:util'
import type { Cluster, QueryAnswer, QueryFailure, QueryResult } from '@hearsay/core'
import { queryRequest } from '@hearsay/core/app'
import { findMember, isMemberId } from '../attach/find-member.ts'
import { openAsked } from '../attach/open-cluster.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { printable, shortId } from '../terminal/format.ts'
import { shownValue } from '../terminal/json-value.ts'
import { endProcess, printJson } from '../terminal/output.ts'
import { UsageError } from '../usage-error.ts'
import type { QueryFlags, Sent } from './options.ts'

/** Exit code 0: all members that were asked have answered with a value. */
export async function query(sent: Sent, flags: QueryFlags): Promise<void> {
  await asUsageError((async () => queryRequest(sent.name, sent.payload))())
  const stop = stopRequested()
  const opened = await Promise.race([openAsked(flags), stop])
  if (!opened) return endProcess(1)
  const { cluster } = opened
  const stopped = new AbortController()
  void stop.then(() => stopped.abort())
  let result: QueryResult | undefined
  try {
    result = await Promise.race([asUsageError(printAnswers(cluster, sent, flags, stopped.signal)), stop])
  } finally {
    await leaveWithin(cluster)
  }
  await endProcess(result && result.failures.length + result.missing.length === 0 ? 0 : 1)
}

/**
 * Prints the answers of a query. Answers go to stdout, failures and missing members to stderr; with `json`, all of them to
 * stdout.
 *
 * @param signal when it aborts, the members that have not answered are not missing: nobody waits for them
 */
export async function printAnswers(
  cluster: Cluster,
  { name, payload }: Sent,
  { to, timeout, json }: Pick<QueryFlags, 'to' | 'timeout' | 'json'>,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const asked = cluster.query(name, payload, {
    timeoutMs: Math.round(timeout * 1_000),
    ...(to && { to: to.map(text => idOf(cluster, text)) }),
  })
  for await (const reply of asked) printReply(cluster, reply, json)
  const result = await asked
  for (const id of signal?.aborted ? [] : result.missing) {
    if (json) printJson({ event: 'missing', ...memberOf(cluster, id), at: Date.now() })
    else console.error(`${shownMember(cluster, id)}  ${styleText('yellow', `no answer within ${timeout} s`)}`)
  }
  return result
}

/** @throws {UsageError} no member that is known fits, and the text is no id */
function idOf({ members }: Cluster, text: string): string {
  const id = findMember(members.getSnapshot(), text)?.id ?? text
  if (!isMemberId(id))
    throw new UsageError(`--to: no member '${text}' is known. 'hearsay members' lists the members`)
  return id
}

function printReply(cluster: Cluster, reply: QueryAnswer | QueryFailure, json: true | undefined): void {
  const { from } = reply
  if ('value' in reply) {
    if (json) printJson({ event: 'answer', ...memberOf(cluster, from), value: reply.value, at: Date.now() })
    else console.log(`${shownMember(cluster, from)}  ${shownValue(reply.value)}`)
  } else if (json)
    printJson({ event: 'failure', ...memberOf(cluster, from), reason: reply.reason, at: Date.now() })
  else console.error(`${shownMember(cluster, from)}  ${styleText('yellow', reasons[reply.reason])}`)
}

const reasons: Readonly<Record<QueryFailure['reason'], string>> = {
  'no-handler': 'answers no queries of this name',
  busy: 'is busy with other queries',
  error: 'failed to answer: its log says why',
}

function memberOf({ members }: Cluster, id: string): { id: string; name: string | undefined } {
  return { id, name: members.getSnapshot().find(each => each.id === id)?.name }
}

function shownMember(cluster: Cluster, id: string): string {
  const { name } = memberOf(cluster, id)
  return name === undefined ? printable(id) : `${printable(name)} ${shortId(id)}`
}
