/**
 * Random stream: random numbers from a seed and a name.
 *
 * Each member and each fault has its own stream, so adding one does not change the numbers of the others.
 */
import { hash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** 0 ≤ random() < 1. */
export type Random = () => number

export function randomStream(seed: number, name: string): Random {
  const start = hash('sha256', `${seed} ${name}`, 'buffer').readInt32BE(0)
  const generator = xoroshiro128plus(start)
  return () => uniformFloat64(generator)
}
