/**
 * `hearsay config …`: a member for as long as one question takes, or a watch lasts.
 *
 * Exit code 0 means that another member agreed: with what was read, or with what was written.
 */

import { asUsageError } from '../member/as-usage-error.ts'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { joinOptions } from '../member/options.ts'
import { startMember } from '../member/start-member.ts'
import { endProcess, outputClosed } from '../terminal/output.ts'
import { jsonReport } from './json-report.ts'
import type { ConfigFlags, ConfigRequest } from './options.ts'
import { answer } from './run-request.ts'

export async function config(
  cluster: string,
  name: string,
  request: ConfigRequest,
  { wait, writer, ...flags }: ConfigFlags,
): Promise<void> {
  const isWatch = request.type === 'watch'
  // Whatever else is asked is done, also if nobody reads the answer.
  const stop = Promise.race([stopRequested(), ...(isWatch ? [outputClosed()] : [])])
  const member = await Promise.race([startMember(joinOptions(cluster, flags)), stop])
  if (!member) return endProcess(1)
  const ask = async () => {
    const report = flags.json ? jsonReport : (await import('./text-report.ts')).textReport(member)
    const config = await asUsageError(member.config(name, { writers: writer ?? 'anyone' }))
    return answer({ member, config, report, waitS: wait, hasStorage: flags.storage !== undefined }, request)
  }
  let agreed: boolean | undefined
  try {
    agreed = await Promise.race([ask(), stop])
  } finally {
    await leaveWithin(member)
  }
  // A watch ends when it is told to; whatever else is interrupted was not done.
  await endProcess((agreed ?? isWatch) ? 0 : 1)
}
