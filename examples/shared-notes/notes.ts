/** Notes: a map of texts in the room's document, shared by all members in the room. */
import { useDocument } from '@hearsay/react'
import { useMemo, useSyncExternalStore } from 'react'
import type * as Y from 'yjs'
import { Text } from 'yjs'

export interface NoteTitle {
  readonly id: string
  /** The first line of the note. */
  readonly title: string
}

const none: readonly NoteTitle[] = []

/** The titles of all notes, ordered by id: the oldest first. */
export function useTitles(): readonly NoteTitle[] {
  const doc = useDocument()?.doc
  const store = useMemo(() => doc && titlesOf(notesIn(doc)), [doc])
  return useSyncExternalStore(store?.subscribe ?? never, store?.getSnapshot ?? (() => none))
}

/** @returns the id of the new note */
export function addNote(doc: Y.Doc): string {
  const id = `${Date.now()}-${crypto.randomUUID().slice(0, 8)}`
  notesIn(doc).set(id, new Text())
  return id
}

export const removeNote = (doc: Y.Doc, id: string): void => notesIn(doc).delete(id)

export const noteIn = (doc: Y.Doc, id: string): Y.Text | undefined => notesIn(doc).get(id)

const notesIn = (doc: Y.Doc): Y.Map<Y.Text> => doc.getMap<Y.Text>('notes')

function titlesOf(notes: Y.Map<Y.Text>) {
  const read = () =>
    [...notes.keys()].sort().map(id => ({ id, title: notes.get(id)?.toString().split('\n', 1)[0] ?? '' }))
  let titles: readonly NoteTitle[] = read()
  return {
    getSnapshot: () => titles,
    subscribe(listener: () => void) {
      const changed = () => {
        titles = read()
        listener()
      }
      changed()
      notes.observeDeep(changed)
      return () => notes.unobserveDeep(changed)
    },
  }
}

const never = () => () => {}
