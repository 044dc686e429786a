/** Demo drawing: the drawing with the connections that all members publish, and the pointers of other tabs. */
import { useCluster, useConfigValue } from '@hearsay/react'
import { type PointerEvent, type ReactNode, useMemo } from 'react'
import { type Connection, connectionsBetween } from '../drawing/connections.ts'
import { Drawing } from '../drawing/drawing.tsx'
import { isPresentStatus, useMemberRows } from '../members/member-list.ts'
import { settings } from '../settings/settings.ts'
import { Cursors } from './cursors.tsx'
import { usePublishedConnections } from './local-connections.ts'
import { asIds, useOthersMapped, useUpdatePresence } from './room.ts'

export function DemoDrawing(): ReactNode {
  const connections = useConnections()
  const showsHeartbeats = useConfigValue(settings, 'heartbeats') ?? true
  const show = useUpdatePresence()
  const showCursor = ({ currentTarget, clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    show({ cursor: { x: share(clientX - left, width), y: share(clientY - top, height) } })
  }
  return (
    <Drawing
      connections={connections}
      showsHeartbeats={showsHeartbeats}
      onPointerMove={showCursor}
      onPointerLeave={() => show({ cursor: null })}
    >
      <Cursors />
    </Drawing>
  )
}

/** Connections between present members; the last presence of departed members is ignored. */
function useConnections(): readonly Connection[] {
  const rows = useMemberRows()
  const selfId = useCluster()?.self.id
  const own = usePublishedConnections()
  const others = useOthersMapped(({ presence }) => asIds(presence.connections))
  return useMemo(() => {
    const shown = new Map<string, readonly string[]>()
    const published = new Map(others)
    for (const row of rows)
      if (isPresentStatus(row)) shown.set(row.id, row.id === selfId ? own : (published.get(row.id) ?? []))
    return connectionsBetween(shown)
  }, [rows, selfId, own, others])
}

const share = (part: number, whole: number) => Math.min(1, Math.max(0, part / whole))
