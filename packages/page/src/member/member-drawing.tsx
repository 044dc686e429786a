/** Member drawing: the cluster, with the connections of this member. A member does not know the connections between others. */
import { useSelf } from '@hearsay/react'
import { type ReactNode, useMemo } from 'react'
import type { Connection } from '../drawing/connections.ts'
import { Drawing } from '../drawing/drawing.tsx'
import { useHeartbeats } from '../members/member-list.ts'

export function MemberDrawing(): ReactNode {
  const selfId = useSelf(({ id }) => id)
  const heartbeats = useHeartbeats()
  const connected = [...heartbeats].flatMap(([id, { connected }]) => (connected ? id : [])).join()
  const connections = useMemo(
    (): readonly Connection[] =>
      selfId === null || connected === '' ? [] : connected.split(',').map(to => ({ from: selfId, to })),
    [selfId, connected],
  )
  return <Drawing connections={connections} showsHeartbeats />
}
