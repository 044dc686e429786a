/**
 * `hearsay config …`: checks the request, attaches to a running member or starts one, runs one command or watches, and ends.
 *
 * Exit code 0 means that another member has the entries that the command read, or the entry that it wrote.
 */
import type { Cluster } from '@hearsay/core'
import { checkConfigKey, checkedEntry, checkSpaceName, checkWith } from '@hearsay/core/app'
import { openMember } from '../attach/open-cluster.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { failsWithMember, leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { endProcess, outputClosed, printError } from '../terminal/output.ts'
import { jsonReport } from './json-report.ts'
import type { ConfigFlags, ConfigRequest } from './options.ts'
import { answer } from './run-request.ts'

export async function config(
  cluster: string,
  name: string,
  request: ConfigRequest,
  { wait, writer, ...flags }: ConfigFlags,
): Promise<void> {
  await asUsageError(checkRequest(name, request))
  const isWatch = request.type === 'watch'
  // A command other than watch completes even if the reader of its output is gone.
  const stop = Promise.race([stopRequested(), ...(isWatch ? [outputClosed()] : [])])
  const opened = await Promise.race([openMember(cluster, flags), stop])
  if (!opened) return endProcess(1)
  const { cluster: member } = opened
  const ask = async () => {
    const report = flags.json ? jsonReport : (await import('./text-report.ts')).textReport(member)
    // If the running member's app or another command has the config open, the member keeps the entries after this command.
    const isOpenHere = opened.isAttached && request.type !== 'watch' && (await hasOpen(member, name))
    const config = await asUsageError(member.config(name, { writers: writer ?? 'anyone' }))
    const keeps = isOpenHere || flags.storage !== undefined
    return answer({ member, config, report, waitS: wait, keeps }, request)
  }
  let agreed: boolean | undefined
  try {
    agreed = await Promise.race([ask(), stop, failsWithMember(member)])
    const { admissionError } = member.health.getSnapshot()
    if (!agreed && admissionError !== undefined) printError(admissionError)
  } finally {
    await leaveWithin(member)
  }
  // A watch that is interrupted ends with exit code 0. Any other command that is interrupted did not
  // complete.
  await endProcess((agreed ?? isWatch) ? 0 : 1)
}

/** Before the command looks for other members: their absence is not what the user has to correct. */
async function checkRequest(name: string, request: ConfigRequest): Promise<void> {
  checkSpaceName('config', name)
  if (request.type === 'set') checkedEntry(request.key, request.value, checkWith(undefined), () => true)
  else if (request.type !== 'list' && request.key !== undefined) checkConfigKey(request.type, request.key)
}

const hasOpen = async (member: Cluster, config: string): Promise<boolean> =>
  (await member.heldBy({ timeoutMs: 1_000 })).some(({ type, name }) => type === 'config' && name === config)
