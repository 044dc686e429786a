/** Presence in the room: the line that each member types. The presence of other members is validated. */
export interface Shown {
  text: string
  /** The cursor is before this character. */
  cursor: number
  typing: boolean
}

export function shownBy(presence: { readonly [field in keyof Shown]?: unknown }): Shown {
  const { text, cursor, typing } = presence
  const line = typeof text === 'string' ? printable(text) : ''
  const at = typeof cursor === 'number' ? Math.max(0, Math.min(Math.trunc(cursor), line.length)) : 0
  return { text: line, cursor: at || 0, typing: typing === true }
}

/** Removes the characters that could control the reader's terminal. */
export const printable = (text: string): string =>
  text.replace(/\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
