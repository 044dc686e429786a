/** ClusterProvider: the cluster that the hooks below it are about. */
import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import { SessionContext } from './contexts.ts'
import { type ClusterSource, type Session, sessionOf } from './session.ts'
import { useMountEffect } from './use-mount-effect.ts'

export interface ClusterProviderProps {
  /**
   * A cluster, or the promise of one, belongs to the app, which leaves it. A function is called once, in the browser
   * only, and the cluster that it gives is left a second after the provider is gone for good; to have it called again,
   * give the provider another `key`.
   */
  readonly cluster: ClusterSource
  readonly children?: ReactNode
}

export function ClusterProvider({ cluster, children }: ClusterProviderProps): ReactElement {
  const session = useSessionOf(cluster)
  useMountEffect(() => session.mounted(), [session])
  useEffect(() => session.cluster.retain(), [session])
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>
}

/** Another cluster is another session; another function is not, for it may be written inline. */
function useSessionOf(cluster: ClusterSource): Session {
  const of = typeof cluster === 'function' ? 'function' : cluster
  const [present, setPresent] = useState(() => ({ of, session: sessionOf(cluster) }))
  if (present.of === of) return present.session
  const next = { of, session: sessionOf(cluster) }
  setPresent(next)
  return next.session
}
