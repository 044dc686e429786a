/** Own links: whom this tab is connected to, shown to the others as it changes. */
import { useCluster } from '@hearsay/react'
import { useEffect } from 'react'
import { showLinks } from '../connections.ts'
import { asLinks, usePresence, useRoom } from '../demo/room.ts'

const noConnections: readonly string[] = []

/** Used once in the page: each use would show them again. */
export function usePublishedConnections(): readonly string[] {
  const cluster = useCluster()
  const room = useRoom()
  useEffect(() => (cluster && room ? showLinks(cluster, room) : undefined), [cluster, room])
  return usePresence(
    ({ connections }) => (connections === undefined ? noConnections : asLinks(connections)),
    areEqual,
  )
}

const areEqual = (a: readonly string[], b: readonly string[]) => a.join() === b.join()
