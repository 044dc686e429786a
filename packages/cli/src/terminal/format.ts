/** Format: ids, foreign text and times as text for a terminal. */

/** Short id: the end of a member's id. All ids of one key type begin with the same characters. */
export const shortId = (id: string): string => `…${id.slice(-shortIdLength)}`

/** Without the ellipsis. */
export const shortIdLength = 8

/**
 * Characters that could change the reader's terminal or the order of the text, that are invisible, so that two names look
 * equal, or at which a reader of lines breaks a line, such as Node's readline at U+2028. Joiners of emojis and scripts stay.
 */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu

/** Replaces control characters and invisible characters in foreign text. */
export const printable = (text: string): string => text.replace(controls, '\uFFFD')

/** One line of JSON for stdout or a log. Control characters in foreign text are escaped, also those that JSON allows. */
export const jsonLine = (line: object): string =>
  JSON.stringify(line).replace(controls, text => `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Milliseconds as text: `9 ms`, `7 310 ms`, and a dash for undefined. */
export const milliseconds = (ms: number | undefined): string =>
  ms === undefined
    ? '–'
    : `${Math.round(ms)
        .toString()
        .replace(/\B(?=(?:\d{3})+$)/g, ' ')} ms`
