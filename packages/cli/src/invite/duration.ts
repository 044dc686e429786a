/** Duration: a time span as users type it, `7d`. */
import { InvalidArgumentError } from 'commander'

const unitMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_557_600_000,
}

/** Minutes, hours, days, weeks, or years of 365.25 days, in milliseconds. */
export function toMilliseconds(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhdwy])$/.exec(text) ?? []
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN)
  if (Number.isFinite(ms)) return ms
  throw new InvalidArgumentError('Give a number with m, h, d, w or y, such as 30m, 12h, 7d, 2w or 1y.')
}
