/** Notebook: the list of notes, the open note, and the members in the room. */
import { useDocument } from '@hearsay/react'
import { type ReactNode, useState } from 'react'
import { NoteEditor } from './note-editor.tsx'
import { addNote, removeNote, useTitles } from './notes.ts'
import { People } from './people.tsx'

export function Notebook(): ReactNode {
  const titles = useTitles()
  const document = useDocument()
  const [chosen, choose] = useState<string>()
  // Opens the first note. It stays open when others add or delete notes.
  if (chosen === undefined && titles[0]) choose(titles[0].id)
  const open = titles.find(({ id }) => id === chosen)
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
          <p>{titles.length > 0 ? 'No note is open.' : 'No note yet.'}</p>
        )}
      </main>
    </>
  )
}
