/** Printable: what others wrote, without the characters by which text could steer the reader's terminal. */
export const printable = (text: string): string =>
  text.replace(/\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
