/** Lifecycle: a member that is asked to end leaves the cluster, and its process ends within 2 s in any case. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '@hearsay/core'
import { outputFailed } from '../terminal/output.ts'

const leaveTimeoutMs = 1_500

/** Resolves when this process has to end: on a signal, or when output cannot be written. Disables signals' default. */
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
