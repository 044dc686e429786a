/** `hearsay page`: serves the page of a running member until the command ends. */
import { styleText } from 'node:util'
import { stopRequested } from '../member/lifecycle.ts'
import { printable } from '../terminal/format.ts'
import { endProcess, printJson } from '../terminal/output.ts'
import { AttachedMember } from './attached-member.ts'
import type { PageFlags } from './options.ts'
import { serveMemberPage } from './serve.ts'

export async function page({ port, write, json, ...flags }: PageFlags): Promise<void> {
  const stop = stopRequested()
  const isWritable = write === true
  const member = await Promise.race([AttachedMember.open(flags), stop])
  if (!member) return endProcess(0)
  const served = await serveMemberPage(member, { isWritable, port })
  const { cluster, name } = member
  if (json) printJson({ event: 'page', url: served.url, cluster, name, write: isWritable, at: Date.now() })
  else {
    console.log(`${printable(name)} in ${printable(cluster)}  ${styleText('bold', served.url)}`)
    console.error(
      `Treat the address like a password: everybody who has it sees the cluster${isWritable ? ', can change this member and, if it is an admin, can invite and revoke others' : ''}. Ctrl-C ends the page.`,
    )
  }
  await stop
  served.close()
  member.close()
  await endProcess(0)
}
