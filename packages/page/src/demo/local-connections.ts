/** Local connections: the members that this tab is connected to, published at each change. */
import { useCluster } from '@hearsay/react'
import { useEffect } from 'react'
import { publishConnections } from '../publish-connections.ts'
import { asIds, usePresence, useRoom } from './room.ts'

const noConnections: readonly string[] = []

/** Use this hook once in the page: each use publishes the connections again. */
export function usePublishedConnections(): readonly string[] {
  const cluster = useCluster()
  const room = useRoom()
  useEffect(() => (cluster && room ? publishConnections(cluster, room) : undefined), [cluster, room])
  return usePresence(
    ({ connections }) => (connections === undefined ? noConnections : asIds(connections)),
    areEqual,
  )
}

const areEqual = (a: readonly string[], b: readonly string[]) => a.join() === b.join()
