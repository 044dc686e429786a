/** Note editor: CodeMirror on the room's text, with the carets of the other windows and devices. */
import { defaultKeymap } from '@codemirror/commands'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import type { RoomDocument } from '@hearsay/core'
import { useSelf } from '@hearsay/react'
import { type ReactNode, useEffect, useRef } from 'react'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'

export function NoteEditor({ document }: { readonly document: RoomDocument }): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const name = useSelf(({ name }) => name)
  useEffect(() => {
    if (name !== undefined) document.awareness.setLocalStateField('user', { name, color: '#2257b8' })
  }, [document, name])
  useEffect(() => {
    if (!host.current) return undefined
    const text = document.doc.getText('note')
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text.toString(),
        extensions: [
          keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'Note' }),
          yCollab(text, document.awareness),
        ],
      }),
    })
    return () => editor.destroy()
  }, [document])
  return <div ref={host} />
}
