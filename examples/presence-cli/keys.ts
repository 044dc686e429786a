/** Keys: how a key changes a line of text and the cursor in it. */
import type { Key } from 'node:readline'

export interface Line {
  readonly text: string
  readonly cursor: number
}

const maxLength = 200

export function press({ text, cursor }: Line, typed: string | undefined, { name, ctrl, meta }: Key): Line {
  switch (name) {
    case 'left':
      return { text, cursor: Math.max(0, cursor - 1) }
    case 'right':
      return { text, cursor: Math.min(text.length, cursor + 1) }
    case 'return':
      return { text: '', cursor: 0 }
    case 'backspace':
      return cursor === 0
        ? { text, cursor }
        : { text: text.slice(0, cursor - 1) + text.slice(cursor), cursor: cursor - 1 }
  }
  const isText = typed !== undefined && !ctrl && !meta && /^\P{Cc}+$/u.test(typed)
  if (!isText || text.length + typed.length > maxLength) return { text, cursor }
  return { text: text.slice(0, cursor) + typed + text.slice(cursor), cursor: cursor + typed.length }
}
