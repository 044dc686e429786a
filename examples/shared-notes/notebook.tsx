/** Notebook: the list of notes, the one that is open, and who else is here. */
import { useConnectionStatus, useDocument, useOthers, useSelf } from '@hearsay/react'
import { type ReactNode, useState } from 'react'
import { NoteEditor } from './note-editor.tsx'
import { addNote, removeNote, useTitles } from './notes.ts'

export function Notebook(): ReactNode {
  const titles = useTitles()
  const document = useDocument()
  const [chosen, choose] = useState<string>()
  const open = titles.find(({ id }) => id === chosen) ?? titles[0]
  return (
    <>
      <header>
        <h1>Shared notes</h1>
        <People />
      </header>
      <nav aria-label="Notes">
        <ul>
          {titles.map(({ id, title }) => (
            <li key={id}>
              <button type="button" aria-current={id === open?.id} onClick={() => choose(id)}>
                {title || 'untitled'}
              </button>
            </li>
          ))}
        </ul>
        <button type="button" disabled={!document} onClick={() => document && choose(addNote(document.doc))}>
          New note
        </button>
      </nav>
      <main>
        {open && document ? (
          <>
            <NoteEditor key={open.id} document={document} id={open.id} />
            <button type="button" onClick={() => removeNote(document.doc, open.id)}>
              Delete this note
            </button>
          </>
        ) : (
          <p>No note yet.</p>
        )}
      </main>
    </>
  )
}

function People(): ReactNode {
  const { status, error } = useConnectionStatus()
  const self = useSelf(({ name }) => name)
  const others = useOthers(others => others.length)
  return (
    <p role="status">
      {error?.message ?? `${self ?? ''}, ${status}${others > 0 ? `, with ${others} more` : ''}`}
    </p>
  )
}
