import { joinCluster } from '@hearsay/core'
import { ClusterProvider } from '@hearsay/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Board } from './board.tsx'
import './style.css'

/** The address of the first member; `start.ts` runs one there. */
const relay = import.meta.env['VITE_RELAY'] ?? '/ip4/127.0.0.1/tcp/4801/ws'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ClusterProvider
      cluster={() => joinCluster({ cluster: 'presence-cursors', bootstrap: [relay], iceServers: [] })}
    >
      <Board />
    </ClusterProvider>
  </StrictMode>,
)
