/** Note editor: CodeMirror on one note, with the carets of the other members. */
import { defaultKeymap } from '@codemirror/commands'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import type { RoomDocument } from '@hearsay/core'
import { useSelf } from '@hearsay/react'
import { type ReactNode, useEffect, useRef } from 'react'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import { noteIn } from './notes.ts'
import { colorOf } from './people.tsx'

interface NoteEditorProps {
  readonly document: RoomDocument
  readonly id: string
}

export function NoteEditor({ document, id }: NoteEditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const self = useSelf()
  useEffect(() => {
    if (!self) return
    const color = colorOf(self.id)
    document.awareness.setLocalStateField('user', { name: self.name, color, colorLight: `${color}40` })
  }, [document, self])
  useEffect(() => {
    const text = noteIn(document.doc, id)
    if (!text || !host.current) return undefined
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text.toString(),
        extensions: [
          keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
          placeholder('The first line is the title.'),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'Note' }),
          yCollab(text, document.awareness),
        ],
      }),
    })
    return () => editor.destroy()
  }, [document, id])
  return <div className="editor" ref={host} />
}
