/**
 * Typing: random sessions of one writer: runs of letters, corrections, jumps to other positions.
 *
 * The shares are our choice: about one in six keystrokes deletes, and one run in five begins elsewhere.
 */
import { setImmediate as turn } from 'node:timers/promises'
import * as Y from 'yjs'

/** After this many keystrokes, the writer yields to the event loop. */
const sliceKeystrokes = 50

export async function type(text: Y.Text, keystrokes: number, random: () => number): Promise<void> {
  // A relative position moves with the edits of others, as the cursor of an editor does.
  let cursor = Y.createRelativePositionFromTypeIndex(text, text.length)
  let left = 0
  let isDeleting = false
  let at = 0
  for (let i = 0; i < keystrokes; i++) {
    if (i % sliceKeystrokes === 0) {
      cursor = Y.createRelativePositionFromTypeIndex(text, Math.min(at, text.length))
      await turn()
      const found = text.doc && Y.createAbsolutePositionFromRelativePosition(cursor, text.doc)
      at = Math.min(found?.index ?? text.length, text.length)
    }
    if (left === 0) {
      isDeleting = random() < 0.4 && at > 0
      left = 1 + Math.floor(isDeleting ? random() * 12 : random() ** 2 * 60)
      // One run in five begins elsewhere: nearby, or anywhere.
      if (random() < 0.2)
        at = Math.floor(random() < 0.5 ? Math.max(0, at - 200 * random()) : random() * (text.length + 1))
    }
    left -= 1
    if (isDeleting && at > 0) text.delete(--at, 1)
    else text.insert(at++, random() < 0.17 ? ' ' : String.fromCharCode(97 + Math.floor(random() * 26)))
  }
}
