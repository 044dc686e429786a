/** joinFromTab: the public function of the package. */
import type { Cluster, PreparedMember } from '@hearsay/core'
import { checkOptionNames, InvalidOptionsError } from '@hearsay/core/app'
import { contractVersion } from '@hearsay/port'
import { PreparedJoin } from './prepared-join.ts'
import { Tab } from './tab.ts'

/** Options of `joinFromTab`. */
export interface TabOptions {
  /** The cluster's name. Tabs of one origin that give the same name share one member. */
  readonly cluster: string
  /**
   * Joins the cluster. Called in each tab that becomes the leader and has prepared nothing. Give `joinCluster` a `storage`:
   * without it, the next leader joins as a new member. Import `@hearsay/core` here, so that other tabs do not load it.
   */
  readonly join: () => Promise<Cluster>
  /**
   * Prepares what `join` does, for example `async () => (await import('@hearsay/core')).prepareCluster(…)` with the options of
   * `join`. Called in the one tab that is next to lead, when it is idle, so that it takes over sooner. This tab then joins with
   * the prepared member, and does not call `join`. If the preparation fails, the tab calls `join`. The prepared member is closed
   * if the tab ends first. @default nothing is prepared
   */
  readonly prepare?: () => Promise<PreparedMember>
}

/**
 * Joins a cluster from a tab. All tabs of one origin share one member: one tab leads and holds the member's connections, and
 * each tab has a view of the member. Resolves when the members are known.
 *
 * When the leading tab closes, crashes or is frozen, another tab takes over, with the same identity. Meanwhile the stores
 * keep their values and calls wait; other members see the member as asleep, or see no change. `leave()` ends the view of this
 * tab. The member leaves with its last tab.
 *
 * In a browser without Web Locks or BroadcastChannel, and outside of secure contexts, each tab is a member of its own, and a
 * warning says so.
 *
 * @throws {InvalidOptionsError} an option is missing or unknown
 * @throws the error of `join`, if this tab leads
 */
export async function joinFromTab(options: TabOptions): Promise<Cluster> {
  const names = { cluster: true, join: true, prepare: true } as const
  checkOptionNames('joinFromTab', options, names, "{ cluster: 'atlas', join: () => joinCluster(…) }")
  const { cluster, join, prepare } = options
  if (typeof cluster !== 'string' || cluster === '')
    throw new InvalidOptionsError("joinFromTab: give the cluster's name, like { cluster: 'atlas' }")
  if (typeof join !== 'function')
    throw new InvalidOptionsError(
      'joinFromTab: give a function that joins, like { join: () => joinCluster(…) }',
    )
  if (!('locks' in navigator) || !('BroadcastChannel' in globalThis)) {
    console.warn(
      'hearsay: this browser has no Web Locks or no BroadcastChannel, or the page is not in a secure context. So each tab is a member of its own',
    )
    return await join()
  }
  if (prepare !== undefined && typeof prepare !== 'function')
    throw new InvalidOptionsError(
      'joinFromTab: give a function that prepares, like { prepare: () => prepareCluster(…) }',
    )
  // Tabs that still run an older version of the app, with another version of the protocol, share another member.
  const name = `${contractVersion}:${cluster}`
  const prepared = new PreparedJoin({ join, prepare, whenIdle })
  return await new Tab({
    name,
    join: () => prepared.join(),
    next: () => prepared.prepare(),
    notNext: () => prepared.discard(),
  }).start()
}

/** Calls `act` when the tab is idle. @returns a function that ends the wait */
function whenIdle(act: () => void): () => void {
  if ('requestIdleCallback' in globalThis) {
    const id = requestIdleCallback(act)
    return () => cancelIdleCallback(id)
  }
  const timer = setTimeout(act, 1_000)
  return () => clearTimeout(timer)
}
