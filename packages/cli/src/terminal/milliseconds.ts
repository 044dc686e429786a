/** Milliseconds, written for people: `9 ms`, `7 310 ms`, and a dash for what never was. */
export const milliseconds = (ms: number | undefined): string =>
  ms === undefined
    ? '–'
    : `${Math.round(ms)
        .toString()
        .replace(/\B(?=(?:\d{3})+$)/g, ' ')} ms`
