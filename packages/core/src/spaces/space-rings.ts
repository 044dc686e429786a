/**
 * Space rings: to whom a member should be connected so that a group of members holds together.
 *
 * The first ring connects the group, whatever other connections there are; it orders members as the first ring of the
 * cluster does, so where the whole cluster is in the group it needs no further connection. Members that have few of
 * their neighbours in the group add a second ring. Each computes the rings from its own view; when views agree, so do
 * both ends. A member that cannot be reached is passed over for the next.
 */
import { createRings } from '@hearsay/failure-detector'

/** So many neighbours in a group carry it. Our choice: as many as two rings give. */
const enough = 4
const ringCount = 2

export interface GroupView {
  readonly self: string
  /** Whether the cluster's own rings connect one to a member anyway. */
  isNeighbour(id: string): boolean
  /** Whether a member was dialled in vain. */
  isUnreachable(id: string): boolean
}

/**
 * @param members ids of the group, oneself included or not
 * @returns ids of the members to be connected to
 */
export function groupNeighbours(
  { self, isNeighbour, isUnreachable }: GroupView,
  members: readonly string[],
): readonly string[] {
  const others = members.filter(id => id !== self)
  const hasEnough = others.filter(isNeighbour).length >= Math.min(enough, others.length)
  return createRings(hasEnough ? 1 : ringCount, [self, ...others]).neighbours(self, isUnreachable)
}
