'use client'

import { joinCluster } from '@hearsay/core'
import { ClusterProvider } from '@hearsay/react'
import type { ReactNode } from 'react'

const join = () => joinCluster({ cluster: 'atlas', bootstrap: ['/ip4/127.0.0.1/tcp/4002/ws'] })

export const Cluster = ({ children }: { children: ReactNode }) => (
  <ClusterProvider cluster={join}>{children}</ClusterProvider>
)
