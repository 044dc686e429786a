/**
 * Space rings: to whom a member should be connected so that a space holds together.
 *
 * Where the neighbours of the cluster's rings are too few of them in the space, the members of the space sort
 * themselves on two rings of its own. Each computes them from its own view; when views agree, so do both ends.
 */
import { createRings } from '@hearsay/failure-detector'

/** So many neighbours in a space carry it. Our choice: as many as two rings give. */
const enough = 4
const ringCount = 2

/**
 * @param members ids of those in the space, oneself included
 * @param isNeighbour whether one is connected to a member anyway
 * @returns ids, none if that is not needed
 */
export function spaceRingNeighbours(
  self: string,
  members: readonly string[],
  isNeighbour: (id: string) => boolean,
): readonly string[] {
  const others = members.filter(id => id !== self)
  if (others.filter(isNeighbour).length >= Math.min(enough, others.length)) return []
  return createRings(ringCount, [self, ...others]).neighbours(self)
}
