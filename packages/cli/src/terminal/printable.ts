/** Removes control characters from foreign text: they could change the reader's terminal. */
export const printable = (text: string): string =>
  text.replace(/\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
