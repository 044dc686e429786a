/**
 * Random stream: numbers from a seed and a name.
 *
 * Each member, and each fault, has its own: one more of either does not change what the others draw.
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
