/** `hearsay explain`: explains why the member gives another one its status, and what to check next. */
import { styleText } from 'node:util'
import type { Cluster } from '@hearsay/core'
import { findMember } from '../attach/find-member.ts'
import { printable, shortId } from '../terminal/format.ts'
import { printJson } from '../terminal/output.ts'

/** @returns whether the member is known */
export async function explain(cluster: Cluster, text: string, json: true | undefined): Promise<boolean> {
  const member = findMember(cluster.members.getSnapshot(), text)
  const explanation = await cluster.explain(member?.id ?? text)
  const { id, status, connected, facts, hint } = explanation
  if (json)
    printJson({
      event: 'explanation',
      id,
      name: member?.name,
      status,
      connected,
      facts,
      hint,
      at: Date.now(),
    })
  else {
    const name = member ? `${printable(member.name)} ${shortId(id)}` : printable(text)
    console.log(`${styleText('bold', name)} is ${status === 'unknown' ? 'not known' : status}.`)
    for (const fact of facts) console.log(`  ${printable(fact)}`)
    if (hint !== undefined) console.log(styleText('yellow', `  ${printable(hint)}`))
  }
  return status !== 'unknown'
}
