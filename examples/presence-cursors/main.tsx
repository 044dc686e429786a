import { ClusterProvider } from '@hearsay/react'
import { joinFromTab } from '@hearsay/tabs'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Board } from './board.tsx'
import './style.css'

/** The address of the first member; `start.ts` runs one there. */
const relay = import.meta.env['VITE_RELAY'] ?? '/ip4/127.0.0.1/tcp/4801/ws'

const cluster = 'presence-cursors'

/** Called in one tab: all tabs of the browser share one member. Only this tab loads the networking. */
const join = async () => {
  const { joinCluster } = await import('@hearsay/core')
  return joinCluster({ cluster, storage: cluster, bootstrap: [relay], iceServers: [] })
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ClusterProvider cluster={() => joinFromTab({ cluster, join })}>
      <Board />
    </ClusterProvider>
  </StrictMode>,
)
