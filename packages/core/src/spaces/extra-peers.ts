/**
 * Extra peers: the members to which the local member should be connected for its spaces, besides its neighbours.
 *
 * The members of each space, and the holders of each document in it, are groups that have to be connected among
 * themselves. Members often join and leave several at a time, so a change schedules one computation 200 ms later. Only
 * space contacts (space-contacts.ts) do not wait.
 */
import { rotated } from '../base/arrays.ts'
import { PartitionBridges } from './partition-bridges.ts'
import type { Reachability } from './reachability.ts'
import { spaceContacts } from './space-contacts.ts'
import type { SpaceMembers } from './space-members.ts'
import type { SpaceReplica } from './space-replica.ts'
import { type GroupView, groupNeighbours } from './space-rings.ts'
import type { ClusterView } from './space-roster.ts'

const regroupWaitMs = 200
/**
 * Maximum number of extra connections for spaces. If spaces need more connections, the members take turns.
 */
const maxExtraPeers = 64
const rotationMs = 30_000

/** The spaces that the local member is in. */
type CurrentSpaces = ReadonlyMap<string, { readonly replica: SpaceReplica; readonly generation: number }>

export class ExtraPeers {
  readonly #view: ClusterView
  readonly #members: SpaceMembers
  readonly #reachability: Reachability
  /** Space → its connections to members that send nothing. */
  readonly #bridges = new Map<string, PartitionBridges>()
  /** The extra peers that `take` returned last. */
  #last = ''
  /** The neighbours whose connections must be tried: some holders of a document cannot reach each other. */
  #toTry: ReadonlySet<string> = new Set()
  /** Those of `#toTry` that `takeUntried` has not returned yet. */
  #untried: readonly string[] = []
  /** If there are too many extra peers: how often the connections have rotated. */
  #turn = 0
  #dueMs = Number.POSITIVE_INFINITY
  #areContactsDue = false

  constructor(view: ClusterView, members: SpaceMembers, reachability: Reachability) {
    this.#view = view
    this.#members = members
    this.#reachability = reachability
  }

  /** When to call `takeContacts` and `take`, in monotonic ms. */
  get dueMs(): number {
    return this.#areContactsDue ? Number.NEGATIVE_INFINITY : this.#dueMs
  }

  /** Groups, or the set of reachable members, may have changed. */
  regroup(nowMs: number): void {
    this.#areContactsDue = true
    this.#regroupAt(nowMs + regroupWaitMs)
  }

  /** The member left a space. */
  left(space: string): void {
    this.#bridges.delete(space)
  }

  /** The members to connect to at once. */
  takeContacts(spaces: CurrentSpaces): Iterable<string> {
    if (!this.#areContactsDue) return []
    this.#areContactsDue = false
    return spaceContacts(spaces, { view: this.#view, group: this.#group(), members: this.#members })
  }

  /** The extra peers; undefined if they did not change. */
  take(spaces: CurrentSpaces, nowMs: number): readonly string[] | undefined {
    if (nowMs < this.#dueMs) return undefined
    this.#dueMs = Number.POSITIVE_INFINITY
    const view = this.#group()
    const extraPeers = new Set<string>()
    for (const members of this.#members.groups())
      for (const id of groupNeighbours(view, [...members])) extraPeers.add(id)
    const toTry = new Set<string>()
    for (const { holders, hasUnreachablePair } of holderGroups(spaces)) {
      const isAnyUnreachable = hasUnreachablePair()
      for (const id of groupNeighbours(view, holders, isAnyUnreachable)) {
        extraPeers.add(id)
        if (isAnyUnreachable) toTry.add(id)
      }
    }
    this.#untried = [...toTry].filter(id => !this.#toTry.has(id))
    this.#toTry = toTry
    for (const id of this.#partitionBridges(spaces, nowMs)) extraPeers.add(id)
    const ids = this.#rotate([...extraPeers], nowMs)
    if (ids.join() === this.#last) return undefined
    this.#last = ids.join()
    return ids
  }

  /** The neighbours that the last `take` added and whose connections must be tried. Returns each of them once. */
  takeUntried(): readonly string[] {
    const untried = this.#untried
    this.#untried = []
    return untried
  }

  #partitionBridges(spaces: CurrentSpaces, nowMs: number): string[] {
    const connected = new Set(this.#view.connected())
    return [...spaces].flatMap(([space, { replica }]) => {
      const present = new Set(this.#members.othersIn(space))
      const bridges = this.#bridges.get(space) ?? new PartitionBridges()
      this.#bridges.set(space, bridges)
      const ids = bridges.review(
        replica.membersWithoutAnnouncement(),
        {
          self: this.#view.self,
          isConnected: id => connected.has(id),
          isUnreachable: id => this.#reachability.isUnreachable(id),
          isInSpace: id => present.has(id),
        },
        nowMs,
      )
      this.#regroupAt(bridges.dueMs)
      return ids
    })
  }

  /** Returns all extra peers or, if there are too many, the peers whose turn it is. */
  #rotate(extraPeers: readonly string[], nowMs: number): readonly string[] {
    if (extraPeers.length <= maxExtraPeers) return extraPeers
    this.#regroupAt(nowMs + rotationMs)
    return rotated(extraPeers, this.#turn++ * maxExtraPeers).slice(0, maxExtraPeers)
  }

  #group(): GroupView {
    return {
      self: this.#view.self,
      isNeighbour: id => this.#view.isNeighbour(id),
      isUnreachable: id => this.#reachability.isUnreachable(id),
    }
  }

  #regroupAt(atMs: number): void {
    this.#dueMs = Math.min(this.#dueMs, atMs)
  }
}

/** The holders of each document, as groups. */
export function* holderGroups(
  spaces: ReadonlyMap<string, { readonly replica: SpaceReplica }>,
): Generator<{ readonly holders: readonly string[]; readonly hasUnreachablePair: () => boolean }> {
  for (const { replica } of spaces.values())
    for (const document of replica.documents.keys()) {
      const holders = replica.holdersOf(document).map(({ id }) => id)
      yield { holders, hasUnreachablePair: () => replica.hasUnreachablePair(document) }
    }
}
