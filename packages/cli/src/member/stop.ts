/** Stop: a member that is asked to end says goodbye, and ends within 2 s whatever becomes of the goodbye. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '@hearsay/core'

const goodbyeMs = 1_500

/** Resolves when somebody wants this process to end: a signal, or a reader of its output who went away. */
export function stopRequested(): Promise<undefined> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(undefined))
    process.stdout.on('error', () => resolve(undefined))
  })
}

export async function sayGoodbye(cluster: Cluster): Promise<void> {
  await Promise.race([cluster.leave(), sleep(goodbyeMs)])
}
