/** `hearsay tags`: changes the tags of a running member. */
import type { Cluster } from '@hearsay/core'
import { openRunning } from '../attach/open-cluster.ts'
import type { RunningFlags } from '../attach/options.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { shownTags } from '../members/member-rows.ts'
import { endProcess, printJson } from '../terminal/output.ts'
import type { TagChange } from './options.ts'

/** Our choice: the member of this machine answers within milliseconds. */
const timeoutMs = 5_000

export async function changeTags(change: TagChange, flags: RunningFlags): Promise<void> {
  const cluster = await openRunning(flags)
  const before = cluster.self.tags
  const tags =
    change.type === 'set'
      ? { ...before, ...change.tags }
      : Object.fromEntries(Object.entries(before).filter(([key]) => !change.keys.includes(key)))
  await asUsageError((async () => cluster.update({ tags }))())
  await untilTags(cluster, tags)
  const { id, name } = cluster.self
  if (flags.json) printJson({ event: 'tags', id, name, tags, at: Date.now() })
  else console.log(shownTags(tags))
  await cluster.leave()
  await endProcess(0)
}

/** The member shows its tags when it has published them. @throws it has not */
function untilTags(cluster: Cluster, tags: Readonly<Record<string, string>>): Promise<void> {
  const isShown = () => {
    const shown = cluster.self.tags
    const keys = Object.keys(tags)
    return keys.length === Object.keys(shown).length && keys.every(key => shown[key] === tags[key])
  }
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(new Error('the member did not change its tags')), timeoutMs)
    const changed = () => {
      if (!isShown()) return
      clearTimeout(timeout)
      unsubscribe()
      resolve()
    }
    const unsubscribe = cluster.members.subscribe(changed)
    changed()
  })
}
