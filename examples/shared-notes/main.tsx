import { ClusterProvider, RoomProvider } from '@hearsay/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { join } from './join.ts'
import { Notebook } from './notebook.tsx'
import './style.css'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ClusterProvider cluster={join}>
      <RoomProvider name="notes">
        <Notebook />
      </RoomProvider>
    </ClusterProvider>
  </StrictMode>,
)
