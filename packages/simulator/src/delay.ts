/** Delay: how long one frame is under way, as a distribution. */
import type { Random } from './random-stream.ts'

/** Milliseconds, all of them ≥ 0. */
export type Delay =
  | { readonly type: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** `minMs`, and beyond it an exponential tail of mean `meanMs − minMs`. */
  | { readonly type: 'exponential'; readonly minMs: number; readonly meanMs: number }
  /** As measured on the internet: `sigma` is the deviation of the logarithm, 0.3 for calm and 1 for wild. */
  | { readonly type: 'log-normal'; readonly medianMs: number; readonly sigma: number }

export function drawDelayMs(delay: Delay, random: Random): number {
  switch (delay.type) {
    case 'uniform':
      return delay.minMs + (delay.maxMs - delay.minMs) * random()
    case 'exponential':
      return delay.minMs - (delay.meanMs - delay.minMs) * Math.log1p(-random())
    case 'log-normal':
      return delay.medianMs * Math.exp(delay.sigma * drawNormal(random))
  }
}

/** Box and Muller, 1958. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random())
}

/** Why it is none, in words, or undefined if it is one. */
export function delayFault(delay: Delay): string | undefined {
  const { type: _, ...numbers } = delay
  if (Object.values(numbers).some(value => !Number.isFinite(value) || value < 0))
    return 'a delay is given in finite numbers ≥ 0'
  switch (delay.type) {
    case 'uniform':
      return delay.minMs > delay.maxMs ? 'minMs is above maxMs' : undefined
    case 'exponential':
      return delay.minMs > delay.meanMs ? 'minMs is above meanMs' : undefined
    case 'log-normal':
      return undefined
  }
}
