/** Until known: waits until a member that has just joined knows the others. */
import type { Cluster } from '@hearsay/core'

/** Our choice: a table that has not changed for this long is complete in clusters of some hundred members. */
const quietMs = 300
/** Our choice: members that come and go all the time do not delay an answer for longer. */
const atMostMs = 1_000

/**
 * Resolves when another member is present and no member has changed for a while, or when the time is over.
 *
 * @returns whether another member is present
 */
export function untilKnown({ members, self }: Cluster, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    let quiet: NodeJS.Timeout | undefined
    let latest: NodeJS.Timeout | undefined
    const isAccompanied = () =>
      members.getSnapshot().some(({ id, status }) => id !== self.id && status === 'alive')
    const done = () => {
      unsubscribe()
      for (const timer of [quiet, latest, timeout]) clearTimeout(timer)
      resolve(isAccompanied())
    }
    const changed = () => {
      if (!isAccompanied()) return
      latest ??= setTimeout(done, atMostMs)
      clearTimeout(quiet)
      quiet = setTimeout(done, quietMs)
    }
    const timeout = setTimeout(done, timeoutMs)
    const unsubscribe = members.subscribe(changed)
    changed()
  })
}
