/** An editor binding without any hearsay code: CodeMirror with y-codemirror.next, in two members. */
import type { RoomDocument } from '@hearsay/core'
import { Window } from 'happy-dom'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSimulation } from '../../src/index.ts'

/** Only the globals that an editor needs from a browser: events and timers stay Node's. */
const lent = [
  'window',
  'document',
  'navigator',
  'MutationObserver',
  'getSelection',
  'Node',
  'Text',
  'HTMLElement',
]

const window = new Window()

beforeAll(() => {
  for (const name of lent) vi.stubGlobal(name, name === 'window' ? window : Reflect.get(window, name))
})

afterAll(async () => {
  vi.unstubAllGlobals()
  await window.happyDOM.close()
})

describe('CodeMirror', () => {
  it('shows what others type, and the positions of their cursors', async () => {
    const { EditorState } = await import('@codemirror/state')
    const { EditorView } = await import('@codemirror/view')
    const { yCollab } = await import('y-codemirror.next')

    const simulation = createSimulation({ seed: 1, members: 2, start: 'warm' })
    const edit = async (name: string) => {
      const room = await simulation.member(name).cluster.room('design')
      const document: RoomDocument = room.document('')
      const text = document.doc.getText('codemirror')
      document.awareness.setLocalStateField('user', { name, color: '#30bced', colorLight: '#30bced33' })
      const state = EditorState.create({
        doc: text.toString(),
        extensions: [yCollab(text, document.awareness)],
      })
      const parent = window.document.createElement('div')
      window.document.body.appendChild(parent)
      return new EditorView({ state, parent })
    }
    const [ada, grace] = [await edit('m0'), await edit('m1')]
    await simulation.run(2_000)

    ada.dispatch({ changes: { from: 0, insert: 'hello world' } })
    await simulation.run(500)
    expect(grace.state.doc.toString()).toBe('hello world')
    grace.dispatch({ changes: { from: 6, to: 11, insert: 'ada' } })
    await simulation.run(500)
    expect(ada.state.doc.toString()).toBe('hello ada')

    vi.spyOn(ada, 'hasFocus', 'get').mockReturnValue(true)
    ada.dispatch({ selection: { anchor: 2, head: 5 } })
    await simulation.run(500)
    const cursors = [...grace.dom.querySelectorAll('.cm-ySelectionInfo')].map(each => each.textContent)
    expect(cursors).toEqual(['m0'])
    expect([...grace.dom.querySelectorAll('.cm-ySelection')].map(each => each.textContent)).toEqual(['llo'])
  })
})
