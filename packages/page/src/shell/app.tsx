/** App: waits for the demo, joins its cluster, and renders it. */
import { ClusterProvider } from '@hearsay/react'
import { type ReactNode, useState } from 'react'
import { type DemoState, roomName } from '../contract.ts'
import { DemoDetails } from '../demo/demo-details.tsx'
import { DemoDrawing } from '../demo/demo-drawing.tsx'
import { DemoRows } from '../demo/demo-rows.tsx'
import { useDemo } from '../demo/demo-store.ts'
import { DemoTimeline } from '../demo/demo-timeline.tsx'
import { joinDemo } from '../demo/join-demo.ts'
import { RoomProvider } from '../demo/room.ts'
import { MembersTable } from '../members/members-table.tsx'
import { SelectionProvider } from '../members/selection.tsx'
import { SettingsPanel } from '../settings/settings-panel.tsx'
import { SharedText } from '../text/shared-text.tsx'
import { Header } from './header.tsx'

export function App(): ReactNode {
  const { state, isServed } = useDemo()
  // The addresses are read once: later changes of the demo's processes do not make this tab leave.
  const [joined, setJoined] = useState<DemoState>()
  if (state && state.bootstrap.length > 0 && state.cluster !== joined?.cluster) setJoined(state)
  if (!joined)
    return (
      <main className="waiting">
        <p role="status">
          {isServed ? 'The first member starts …' : 'The demo cannot be reached. Is it running?'}
        </p>
      </main>
    )
  return (
    // Another demo at the same address is another cluster.
    <ClusterProvider key={joined.cluster} cluster={() => joinDemo(joined)}>
      <RoomProvider name={roomName} presence={{ connections: [], cursor: null }}>
        <SelectionProvider>
          <Header cluster={joined.cluster} />
          <DemoRows>
            <main>
              <DemoDrawing />
              <MembersTable />
              <DemoDetails />
              <DemoTimeline />
              <SharedText />
              <SettingsPanel />
            </main>
          </DemoRows>
        </SelectionProvider>
      </RoomProvider>
    </ClusterProvider>
  )
}
