/** Milliseconds as text: `9 ms`, `7 310 ms`, and a dash for undefined. */
export const milliseconds = (ms: number | undefined): string =>
  ms === undefined
    ? '–'
    : `${Math.round(ms)
        .toString()
        .replace(/\B(?=(?:\d{3})+$)/g, ' ')} ms`
