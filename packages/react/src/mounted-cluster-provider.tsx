/**
 * ClusterProvider of the suspense entry point: it renders its children only after it is mounted.
 *
 * If a component suspends during the first mount, React discards everything up to the nearest `Suspense`. If
 * a provider is discarded in this way, React creates a new provider at each attempt, and each of them joins
 * again. A server renders no children, because it joins no cluster.
 */
import { type ReactElement, type ReactNode, useState } from 'react'
import {
  type ClusterProviderProps,
  ClusterProvider as Provider,
  useMountEffect,
} from './cluster-provider.tsx'

/**
 * Joins the cluster or uses the given one, and provides it to all hooks below. Renders its children after the
 * mount.
 */
export function ClusterProvider({ cluster, children }: ClusterProviderProps): ReactElement {
  return (
    <Provider cluster={cluster}>
      <OnceMounted>{children}</OnceMounted>
    </Provider>
  )
}

function OnceMounted({ children }: { readonly children: ReactNode }): ReactNode {
  const [isMounted, setMounted] = useState(false)
  useMountEffect(() => setMounted(true), [])
  return isMounted ? children : null
}
