/** Shared text: one document that all tabs edit together, with the carets of the other tabs. */
import { defaultKeymap } from '@codemirror/commands'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import type { RoomDocument } from '@hearsay/core'
import { useDocument, useSelf } from '@hearsay/react'
import { type ReactNode, useEffect, useRef } from 'react'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import { hueOf } from '../members/status-mark.tsx'
import './text.css'

export function SharedText(): ReactNode {
  const document = useDocument('text')
  const host = useRef<HTMLDivElement>(null)
  const id = useSelf(({ id }) => id)
  const name = useSelf(({ name }) => name)
  useEffect(() => {
    if (!document || id === null || name === null) return
    // y-codemirror.next 0.3.6 redraws a caret only if its colour changes: so the name adds a tiny part to the hue.
    const hue = hueOf(id) + hueOf(name) / 1_000
    const color = `hsl(${hue} 65% 45%)`
    document.awareness.setLocalStateField('user', { name, color, colorLight: `${color.slice(0, -1)} / 25%)` })
  }, [document, id, name])
  useEffect(() => {
    if (!document || !host.current) return undefined
    const editor = openEditor(document, host.current)
    return () => editor.destroy()
  }, [document])
  return (
    <section className="panel text" aria-labelledby="text-title">
      <header>
        <h2 id="text-title">A shared text</h2>
      </header>
      <div className="editor" ref={host} />
    </section>
  )
}

function openEditor({ doc, awareness }: RoomDocument, parent: HTMLElement): EditorView {
  const text = doc.getText('text')
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text.toString(),
      extensions: [
        // Undo reverts only local edits.
        keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
        placeholder('Write here. All open pages show the text as you type.'),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-labelledby': 'text-title' }),
        yCollab(text, awareness),
      ],
    }),
  })
}
