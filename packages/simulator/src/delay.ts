/** Delay: how long the network takes to deliver a frame, as a distribution. */
import type { Random } from './random-stream.ts'

/** Milliseconds, all of them ≥ 0. */
export type Delay =
  | { readonly type: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** `minMs` plus an exponential tail with mean `meanMs − minMs`. */
  | { readonly type: 'exponential'; readonly minMs: number; readonly meanMs: number }
  /**
   * As measured on the internet. `sigma` is the standard deviation of the logarithm: with 0.3 the delays vary
   * little, with 1 they vary strongly.
   */
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

/** The Box-Muller transform (1958). */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random())
}

/** The reason why the delay is invalid, or undefined if it is valid. */
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
