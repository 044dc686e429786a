/**
 * Space rings: the members to which a member should be connected so that a group of members is one component.
 *
 * The first ring alone connects the group, without any other connection. This ring orders members as the first ring of the
 * cluster does, so a group that is the whole cluster needs no further connection. Members with few of their cluster
 * neighbours in the group add a second ring. If a dial between two members that hold a document failed, all holders add the
 * second ring. They then compute from both rings whether they are one component, so each connection in the rings must be
 * tried. Each member computes the rings from its own view. If the views of two members agree, either both choose the
 * connection between them or neither does. The ring skips an unreachable member and takes the next one.
 */
import { createRings } from '@hearsay/failure-detector'

/**
 * With this many neighbours in the group, a member adds no second ring. Our choice: 4, because two rings give four
 * neighbours.
 */
const enough = 4
const ringCount = 2

/** The information that decides which members of a group to connect to. */
export interface GroupView {
  readonly self: string
  /** Whether the cluster's own rings connect the local member to a member anyway. */
  isNeighbour(id: string): boolean
  /** Whether dials to a member failed. */
  isUnreachable(id: string): boolean
}

/**
 * @param members ids of the group, with or without the local member
 * @param hasUnreachablePair whether a dial between two members of the group failed
 * @returns ids of the members to connect to
 */
export function groupNeighbours(
  { self, isNeighbour, isUnreachable }: GroupView,
  members: readonly string[],
  hasUnreachablePair = false,
): readonly string[] {
  const others = members.filter(id => id !== self)
  const hasEnough =
    !hasUnreachablePair && others.filter(isNeighbour).length >= Math.min(enough, others.length)
  return createRings(hasEnough ? 1 : ringCount, [self, ...others]).neighbours(self, isUnreachable)
}
