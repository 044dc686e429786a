/**
 * ClusterProvider of the suspense entry point: it renders its children only after it is mounted.
 *
 * A component that suspends during the first mount discards everything up to the nearest `Suspense`. React would create a
 * provider in between anew, and the provider would join anew, at each attempt. A server renders no children, because it
 * joins no cluster.
 */
import { type ReactElement, type ReactNode, useState } from 'react'
import {
  type ClusterProviderProps,
  ClusterProvider as Provider,
  useMountEffect,
} from './cluster-provider.tsx'

/** Joins or takes the cluster, and gives it to all hooks below. Renders its children once it is mounted. */
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
