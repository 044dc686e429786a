/** The smallest page with React that shows the members: .size-limit.js measures all of it. */
import { joinCluster } from '@hearsay/core'
import { ClusterProvider, useMembers } from '@hearsay/react'
import { createRoot } from 'react-dom/client'

const join = () => joinCluster({ cluster: 'atlas', bootstrap: ['/ip4/127.0.0.1/tcp/4002/ws'] })
const Here = () => <p>{useMembers(members => members.length)}</p>

createRoot(document.body).render(
  <ClusterProvider cluster={join}>
    <Here />
  </ClusterProvider>,
)
