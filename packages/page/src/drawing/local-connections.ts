/** Local connections: the members that this tab is connected to, published at each change. */
import { useCluster } from '@hearsay/react'
import { useEffect } from 'react'
import { showLinks } from '../connections.ts'
import { asLinks, usePresence, useRoom } from '../demo/room.ts'

const noConnections: readonly string[] = []

/** Use it once in the page: each use publishes the connections again. */
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
