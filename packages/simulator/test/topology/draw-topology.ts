/**
 * Draw topology: a random cluster, the members in the room, the holders of its document, and the permanent cuts.
 *
 * The members of the room form a connected graph. All members of the cluster form one, too, because m0, the bootstrap member
 * of all others, has no cuts.
 */
import type { Random } from '../../src/random-stream.ts'
import { namesFrom } from '../names.ts'
import { Cuts, isConnected } from './graph.ts'

/**
 * `sparse`: some pairs are cut. `dense`: most. `apart`: no two holders can connect. `bridge`: two halves of the room
 * with few connections between them.
 */
const shapes = ['sparse', 'dense', 'apart', 'bridge'] as const
type Shape = (typeof shapes)[number]

/**
 * The share of cuts between pairs that are not both in the room. Our choice: only a few, because with more of
 * them the failure detector does most of the work.
 */
const elsewhereRate = 0.05

export interface Topology {
  readonly shape: Shape
  readonly start: 'joining' | 'warm'
  readonly members: number
  readonly room: readonly string[]
  readonly holders: readonly string[]
  readonly cuts: Cuts
}

export const pick = <T>(values: readonly T[], random: Random): T | undefined =>
  values[Math.floor(random() * values.length)]

export function drawTopology(random: Random): Topology {
  const shape = pick(shapes, random) ?? 'sparse'
  // Draw small clusters more often: they find as many faults, and more of them fit into the time.
  const members = 10 + Math.floor(31 * random() ** 4)
  const start = random() < 0.5 ? 'joining' : 'warm'
  const names = namesFrom(0, members)
  const room = shuffled(names, random).slice(0, 3 + Math.floor(random() * (members - 2)))
  const holders = room.slice(0, 2 + Math.floor(random() * Math.min(8, room.length - 1)))
  return { shape, start, members, room, holders, cuts: drawCuts(shape, names, room, holders, random) }
}

/**
 * Draws the pairs of members that can never connect. Omits a cut that would divide the room into two
 * components.
 */
function drawCuts(
  shape: Shape,
  names: readonly string[],
  room: readonly string[],
  holders: readonly string[],
  random: Random,
): Cuts {
  const cuts = new Cuts()
  const rate = shape === 'dense' ? 0.4 + 0.4 * random() : 0.3 * random()
  const isWanted = (a: string, b: string): boolean => {
    if (shape === 'apart' && holders.includes(a) && holders.includes(b)) return true
    const [i, j] = [room.indexOf(a), room.indexOf(b)]
    if (shape === 'bridge' && i >= 0 && j >= 0 && i % 2 !== j % 2) return true
    return random() < (i >= 0 && j >= 0 ? rate : elsewhereRate)
  }
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map(b => [a, b] as const))
  for (const [a, b] of shuffled(pairs, random)) {
    if (a === 'm0' || b === 'm0' || !isWanted(a, b)) continue
    cuts.add(a, b)
    if (!isConnected(room, cuts)) cuts.remove(a, b)
  }
  return cuts
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map(value => ({ value, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value)
}
