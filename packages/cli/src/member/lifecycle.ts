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

/** Resolves when the member has left, because of another command. For a view: also when the member's process has ended. */
export function hasLeft({ members, self: { id } }: Cluster): Promise<void> {
  return new Promise(resolve => {
    members.subscribe(() => {
      if (members.getSnapshot().find(member => member.id === id)?.status === 'left') resolve()
    })
  })
}

/** Rejects when the member has left, although the command still needs it. */
export async function failsWithMember(cluster: Cluster): Promise<never> {
  await hasLeft(cluster)
  throw new Error('the member has left, or its process has ended')
}

export async function leaveWithin(cluster: Cluster): Promise<void> {
  await Promise.race([cluster.leave(), sleep(leaveTimeoutMs)])
}
