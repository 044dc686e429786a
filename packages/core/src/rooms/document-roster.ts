/**
 * Document roster: which members of a room hold which document, as far as they announced it.
 *
 * It keeps nothing of its own: it reads the presence of the members that are in the room now.
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
  /** Members in the room that are alive, or suspect and were alive here; oneself excepted. */
  readonly others: () => readonly string[]
  /** Members in the room that are suspect, and were never alive here. */
  readonly suspects: () => readonly string[]
  /** Whether what a member said of itself is of its present visit. */
  readonly isPresent: (id: string) => boolean
}

/** As each holder computes it: on two rings each has at most four neighbours. */
const ringCount = 2

export class DocumentRoster {
  readonly #options: DocumentRosterOptions

  constructor(options: DocumentRosterOptions) {
    this.#options = options
  }

  /** What a member announced; undefined: nothing yet, in its present visit. */
  of(id: string): DocumentAnnouncements | undefined {
    const { presence, isPresent } = this.#options
    return isPresent(id) ? readAnnouncements(presence.valueOf(id, documentsField)) : undefined
  }

  /** Whether a member holds a document, or is in the room and has not announced yet what it holds. */
  mayHaveDocument(id: string, document: string): boolean {
    return this.of(id)?.has(document) ?? this.#options.others().includes(id)
  }

  /** The others that hold a document. */
  holdersOf(document: string): (ReplicaHolder & DocumentAnnouncement)[] {
    return this.#options.others().flatMap(id => {
      const holding = this.of(id)?.get(document)
      return holding ? [{ id, ...holding }] : []
    })
  }

  /** Others in the room that have announced nothing yet. */
  withoutAnnouncements(): string[] {
    return this.#options.others().filter(id => this.of(id) === undefined)
  }

  /** Others in the room of which it is not known yet what they hold, or whether they are alive. */
  unknown(): string[] {
    return [...this.withoutAnnouncements(), ...this.#options.suspects()]
  }

  /**
   * Whether those who have a document open hold together by connections among themselves, carriers left out.
   *
   * @param isCarried whether this member only carries it
   */
  isConnected(document: string, isCarried: boolean, unreachable: ReadonlySet<string>): boolean {
    const { self } = this.#options
    const openers = this.holdersOf(document).flatMap(({ id, ...holding }) => (holding.isCarried ? [] : [id]))
    return isConnected(isCarried ? openers : [self, ...openers], (a, b) => this.#areApart(a, b, unreachable))
  }

  /** The same with the carriers. */
  isConnectedByCarriers(document: string, unreachable: ReadonlySet<string>): boolean {
    const holders = [this.#options.self, ...this.holdersOf(document).map(({ id }) => id)]
    return isConnected(holders, (a, b) => this.#areApart(a, b, unreachable))
  }

  /** One of the two dialled the other in vain. */
  #areApart(a: string, b: string, unreachable: ReadonlySet<string>): boolean {
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
 * Whether these members are one component, each connected to its ring neighbours but those that it is apart from. Of
 * two members that are connected, perhaps only one passed over others to choose the other.
 */
function isConnected(members: readonly string[], areApart: (a: string, b: string) => boolean): boolean {
  const [first] = members
  if (first === undefined) return true
  const rings = createRings(ringCount, members)
  const connected = new Map(members.map(id => [id, new Set<string>()]))
  for (const id of members)
    for (const next of rings.neighbours(id, other => areApart(id, other))) {
      connected.get(id)?.add(next)
      connected.get(next)?.add(id)
    }
  const reached = new Set([first])
  for (const id of reached) for (const next of connected.get(id) ?? []) reached.add(next)
  return reached.size === members.length
}
