/** ClusterProvider: gives a cluster to the hooks below it. */
import { type ReactElement, type ReactNode, useEffect, useLayoutEffect, useState } from 'react'
import { SessionContext } from './contexts.ts'
import { type ClusterSource, type Session, sessionOf } from './session.ts'

/** What `ClusterProvider` takes. */
export interface ClusterProviderProps {
  /**
   * - A cluster, or a promise of one: the app owns the cluster and leaves it.
   * - A function: the provider owns the cluster. The provider calls the function once, in the browser only, and leaves the
   *   cluster 1 s after the provider unmounts. A remount within that second keeps the cluster. A new function in a later render
   *   has no effect; to join again, change the provider's `key`.
   */
  readonly cluster: ClusterSource
  /** The components whose hooks use this cluster. */
  readonly children?: ReactNode
}

/** Joins or takes the cluster, and gives it to all hooks below. Renders its children at once, before the join ends. */
export function ClusterProvider({ cluster, children }: ClusterProviderProps): ReactElement {
  const session = useSessionOf(cluster)
  useMountEffect(() => session.mounted(), [session])
  useEffect(() => session.cluster.retain(), [session])
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>
}

/** A new cluster starts a new session. A new function does not, because an inline function is new at each render. */
function useSessionOf(cluster: ClusterSource): Session {
  const of = typeof cluster === 'function' ? 'function' : cluster
  const [present, setPresent] = useState(() => ({ of, session: sessionOf(cluster) }))
  if (present.of === of) return present.session
  const next = { of, session: sessionOf(cluster) }
  setPresent(next)
  return next.session
}

/**
 * An effect that runs before the browser paints. On a server, `useEffect` replaces it, because React 18 warns about
 * layout effects there.
 */
export const useMountEffect: typeof useEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect
