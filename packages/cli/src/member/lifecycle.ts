/** Stop: a member that is asked to end says goodbye, and ends within 2 s whatever becomes of the goodbye. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '@hearsay/core'
import { outputFailed } from '../terminal/output.ts'

const leaveTimeoutMs = 1_500

/** Resolves when this process is to end: a signal, or output that cannot be written. From now on no signal ends it. */
export function stopRequested(): Promise<undefined> {
  const signalled = new Promise<undefined>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const early = process.listeners(signal)
      process.on(signal, () => resolve(undefined))
      for (const listener of early) process.off(signal, listener)
    }
  })
  return Promise.race([signalled, outputFailed()])
}

export async function leaveWithin(cluster: Cluster): Promise<void> {
  await Promise.race([cluster.leave(), sleep(leaveTimeoutMs)])
}
