import type { Room } from '@hearsay/core'
import type { Simulation } from '../src/index.ts'
import { namesFrom } from './names.ts'

/** The first `count` members, at least two, enter the room `design`. Then `settleMs` pass. */
export async function enterAll(
  simulation: Simulation,
  count: number,
  settleMs = 0,
): Promise<[Room, Room, ...Room[]]> {
  const names = namesFrom(0, count)
  const rooms = await Promise.all(names.map(name => simulation.member(name).cluster.room('design')))
  const [first, second, ...rest] = rooms
  if (!first || !second) throw new Error('at least two members')
  if (settleMs > 0) await simulation.run(settleMs)
  return [first, second, ...rest]
}
