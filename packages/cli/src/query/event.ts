/** `hearsay event`: sends an event to all members once. The members receive the event as a broadcast. */
import type { Json } from '@hearsay/core'
import { checkSpaceName, sharedQueryValue } from '@hearsay/core/app'
import { openAsked } from '../attach/open-cluster.ts'
import type { AskFlags } from '../attach/options.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { endProcess, printJson } from '../terminal/output.ts'
import type { Sent } from './options.ts'

export async function sendEvent({ name, payload }: Sent, flags: AskFlags): Promise<void> {
  await asUsageError(checkSent(name, payload))
  const stop = stopRequested()
  const opened = await Promise.race([openAsked(flags), stop])
  if (!opened) return endProcess(1)
  const { cluster } = opened
  const sent = async () => {
    await cluster.broadcast(name, payload)
    return true
  }
  let isSent: boolean | undefined
  try {
    isSent = await Promise.race([asUsageError(sent()), stop])
  } finally {
    await leaveWithin(cluster)
  }
  if (isSent && flags.json) printJson({ event: 'sent', name, at: Date.now() })
  await endProcess(isSent ? 0 : 1)
}

/** As `Cluster.broadcast` does, before the command looks for other members. */
async function checkSent(name: string, payload: Json): Promise<void> {
  checkSpaceName('broadcast', name)
  sharedQueryValue('broadcast', payload)
}
