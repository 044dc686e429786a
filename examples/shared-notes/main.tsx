import { joinCluster } from '@hearsay/core'
import { ClusterProvider, RoomProvider } from '@hearsay/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Notebook } from './notebook.tsx'
import './style.css'

/** The address of the first member; `start.ts` runs one there. */
const relay = import.meta.env['VITE_RELAY'] ?? '/ip4/127.0.0.1/tcp/4811/ws'

const animals = ['badger', 'crane', 'dormouse', 'finch', 'hare', 'lynx', 'otter', 'raven', 'stoat', 'wren']
localStorage['name'] ??= animals[Math.floor(Math.random() * animals.length)]

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ClusterProvider
      cluster={() =>
        joinCluster({
          cluster: 'shared-notes',
          name: localStorage['name'],
          bootstrap: [relay],
          storage: 'shared-notes',
          iceServers: [],
        })
      }
    >
      <RoomProvider name="notes">
        <Notebook />
      </RoomProvider>
    </ClusterProvider>
  </StrictMode>,
)
