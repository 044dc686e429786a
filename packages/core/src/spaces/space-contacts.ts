/**
 * Space contacts: the members to which a newcomer connects at once, before the connections of its rings and groups open.
 *
 * A member needs a contact in each of its spaces in which it is connected to no other member, and for each of its documents
 * that is not synced while it is connected to no synced holder. Of two members of a space, only the later one dials:
 * the one with the greater generation. Each member draws its contact from a ring, so newcomers do not all dial the same
 * member.
 */
import type { SpaceMembers } from './space-members.ts'
import type { SpaceReplica } from './space-replica.ts'
import { type GroupView, groupNeighbours } from './space-rings.ts'
import { type ClusterView, generationIn } from './space-roster.ts'

/** A space that the local member is in. */
interface EnteredSpace {
  readonly generation: number
  readonly replica: SpaceReplica
}

export interface SpaceContactsOptions {
  readonly view: ClusterView
  readonly group: GroupView
  readonly members: SpaceMembers
}

/** @returns ids of the members to connect to now; none of them is connected */
export function spaceContacts(
  spaces: ReadonlyMap<string, EnteredSpace>,
  { view, group, members }: SpaceContactsOptions,
): ReadonlySet<string> {
  const connected = new Set(view.connected())
  const contacts = new Set<string>()
  const isThere = (id: string) => connected.has(id) || contacts.has(id)
  const contact = (candidates: readonly string[]) => {
    const [id] = groupNeighbours(group, candidates)
    if (id !== undefined) contacts.add(id)
  }
  for (const [space, { generation, replica }] of spaces) {
    for (const synced of syncedHolders(replica)) if (!synced.some(isThere)) contact(synced)
    const others = members.othersIn(space)
    const isEarlier = (id: string) => (generationIn(view.member(id), space) ?? generation) < generation
    if (!others.some(isThere)) contact(others.filter(isEarlier))
  }
  return contacts
}

/** The synced holders of each document that is not synced here. */
function* syncedHolders(replica: SpaceReplica): Generator<readonly string[]> {
  for (const [name, { state }] of replica.documents)
    if (!state.isSynced)
      yield replica
        .holdersOf(name)
        .filter(({ isSynced }) => isSynced)
        .map(({ id }) => id)
}
