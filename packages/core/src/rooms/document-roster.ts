/**
 * Document roster: which members of a room hold which document, as far as they announced it.
 *
 * The roster stores nothing. The roster reads the presence of the members that are in the room now.
 */
import { createRings } from '@hearsay/failure-detector'
import type { ReplicaHolder } from '../spaces/space-replica.ts'
import {
  type DocumentAnnouncement,
  type DocumentAnnouncements,
  readAnnouncements,
  readUnreachable,
} from './document-announcements.ts'
import type { PresenceRegisters } from './presence-registers.ts'
import { documentsField, unreachableField } from './reserved-fields.ts'

export interface DocumentRosterOptions {
  readonly self: string
  readonly presence: PresenceRegisters
  /**
   * Members in the room that are alive, or suspect after having been alive in the local view; without the local
   * member.
   */
  readonly others: () => readonly string[]
  /** Members in the room that are suspect and were never alive in the local view. */
  readonly suspects: () => readonly string[]
  /** Whether the stored presence of a member is from its present generation in the room. */
  readonly isOfPresentGeneration: (id: string) => boolean
}

/** All holders use the same number. On two rings each has at most four neighbours. */
const ringCount = 2

export class DocumentRoster {
  readonly #options: DocumentRosterOptions

  constructor(options: DocumentRosterOptions) {
    this.#options = options
  }

  /** The announcement of a member; undefined: the member has announced nothing in its present generation. */
  of(id: string): DocumentAnnouncements | undefined {
    const { presence, isOfPresentGeneration } = this.#options
    return isOfPresentGeneration(id) ? readAnnouncements(presence.valueOf(id, documentsField)) : undefined
  }

  /** Whether a member holds a document, or is in the room and has announced nothing yet. */
  mayHaveDocument(id: string, document: string): boolean {
    return this.of(id)?.has(document) ?? this.isPresent(id)
  }

  /** Whether another member is in the room and counts as alive. */
  isPresent(id: string): boolean {
    return this.#options.others().includes(id)
  }

  /** The other members that hold a document. */
  holdersOf(document: string): (ReplicaHolder & DocumentAnnouncement)[] {
    return this.#options.others().flatMap(id => {
      const announcement = this.of(id)?.get(document)
      return announcement ? [{ id, ...announcement }] : []
    })
  }

  /** Other members in the room that have announced nothing yet. */
  withoutAnnouncements(): string[] {
    return this.#options.others().filter(id => this.of(id) === undefined)
  }

  /** Other members in the room whose documents are not known yet, or that may be dead. */
  unknown(): string[] {
    return [...this.withoutAnnouncements(), ...this.#options.suspects()]
  }

  /**
   * Whether the members that have a document open are one component by their own connections, without carriers.
   *
   * @param isCarried whether the local member only carries the document
   */
  isConnected(document: string, isCarried: boolean, unreachable: ReadonlySet<string>): boolean {
    const { self } = this.#options
    const openers = this.holdersOf(document).flatMap(({ id, ...announcement }) =>
      announcement.isCarried ? [] : [id],
    )
    return isConnected(isCarried ? openers : [self, ...openers], (a, b) =>
      this.#cannotReach(a, b, unreachable),
    )
  }

  /** Whether a dial between two of the members that hold a document failed. */
  hasUnreachablePair(document: string, unreachable: ReadonlySet<string>): boolean {
    const holders = new Set([this.#options.self, ...this.holdersOf(document).map(({ id }) => id)])
    return [...holders].some(
      id => unreachable.has(id) || this.#unreachableOf(id).some(other => holders.has(other)),
    )
  }

  /** Whether the openers and the carriers are one component. */
  isConnectedByCarriers(document: string, unreachable: ReadonlySet<string>): boolean {
    const holders = [this.#options.self, ...this.holdersOf(document).map(({ id }) => id)]
    return isConnected(holders, (a, b) => this.#cannotReach(a, b, unreachable))
  }

  /** Whether a dial between the two failed. */
  #cannotReach(a: string, b: string, unreachable: ReadonlySet<string>): boolean {
    const { self } = this.#options
    if (a === self) return unreachable.has(b) || this.#unreachableOf(b).includes(a)
    if (b === self) return unreachable.has(a) || this.#unreachableOf(a).includes(b)
    return this.#unreachableOf(a).includes(b) || this.#unreachableOf(b).includes(a)
  }

  #unreachableOf(id: string): readonly string[] {
    return readUnreachable(this.#options.presence.valueOf(id, unreachableField))
  }
}

/**
 * Whether these members are one component if each is connected to its ring neighbours and skips members that it
 * cannot reach. A connection is symmetric, but possibly only one of its two ends chose it, because only that
 * end skipped other members.
 */
function isConnected(members: readonly string[], cannotReach: (a: string, b: string) => boolean): boolean {
  const [first] = members
  if (first === undefined) return true
  const rings = createRings(ringCount, members)
  const connected = new Map(members.map(id => [id, new Set<string>()]))
  for (const id of members)
    for (const next of rings.neighbours(id, other => cannotReach(id, other))) {
      connected.get(id)?.add(next)
      connected.get(next)?.add(id)
    }
  const reached = new Set([first])
  for (const id of reached) for (const next of connected.get(id) ?? []) reached.add(next)
  return reached.size === members.length
}
