/**
 * ClusterProvider of the suspense entry: it renders what is in it once it is mounted itself.
 *
 * What suspends while it mounts takes along, without a trace, all that is around it up to the `Suspense`: a provider in
 * there would be made anew, and join anew, at each attempt. On a server nothing is joined, so nothing is rendered.
 */
import { type ReactElement, type ReactNode, useState } from 'react'
import { type ClusterProviderProps, ClusterProvider as Provider } from './cluster-provider.tsx'
import { useMountEffect } from './use-mount-effect.ts'

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
