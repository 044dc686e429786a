/** `hearsay leave`: ends a running member. Other members do not suspect a failure. */
import { openRunning } from '../attach/open-cluster.ts'
import type { RunningFlags } from '../attach/options.ts'
import { printable, shortId } from '../terminal/format.ts'
import { endProcess, printJson } from '../terminal/output.ts'

export async function leave(flags: RunningFlags): Promise<void> {
  const cluster = await openRunning(flags, true)
  const { id, name } = cluster.self
  try {
    await cluster.leave()
  } catch (error) {
    // The member's process may end before its answer is read.
    if ((error as Error).name !== 'NotRunningError') throw error
  }
  if (flags.json) printJson({ event: 'left', id, name, cluster: cluster.name, at: Date.now() })
  else console.log(`${printable(name)} ${shortId(id)} has left ${printable(cluster.name)}`)
  await endProcess(0)
}
