/** Renderer: the member of the app, as a page of one of its windows sees it. */
import type { Cluster } from '@hearsay/core'
import { connectCluster } from '@hearsay/port'
import { openPagePort } from './page-port.ts'

/**
 * Connects to the member of the app. Resolves when the member has joined and the members are known: call it once, early.
 *
 * The result is a view, as from `connectCluster`: it has a presence of its own in each room. When the member's process has
 * ended unexpectedly and was started again, the view continues. The view ends when the app leaves the cluster.
 *
 * @throws {NotAllowedError} the main process did not call `serve` for this window, or this is not the window's own page
 * @throws {NotRunningError} the window has no preload script of `@hearsay/electron`, or the member has ended
 */
export function connectToMember(): Promise<Cluster> {
  const view = crypto.randomUUID()
  return connectCluster(() => openPagePort(window, view))
}
