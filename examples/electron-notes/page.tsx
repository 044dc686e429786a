/** Page of a window: the note, and who is here. */
import { connectToMember } from '@hearsay/electron/renderer'
import { ClusterProvider, RoomProvider, useDocument } from '@hearsay/react'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { NoteEditor } from './note-editor.tsx'
import { People } from './people.tsx'
import './style.css'

function Notes(): ReactNode {
  const document = useDocument()
  return (
    <>
      <header>
        <h1>Notes</h1>
        <People />
      </header>
      <main>{document && <NoteEditor document={document} />}</main>
    </>
  )
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ClusterProvider cluster={connectToMember}>
      <RoomProvider name="notes">
        <Notes />
      </RoomProvider>
    </ClusterProvider>
  </StrictMode>,
)
