/**
 * Sync establishment: decides that a replica is synced because no living member holds more.
 *
 * It is one half of the rule in `Provider.synced`. The other half, exchanges with synced members, is in `SyncState`.
 * One member decides: the one with the smallest id among the seeders, or, without seeders, among the openers. If two
 * members decided at the same moment, each might have content in transit to the other.
 */
import type { DocumentAnnouncement } from '../rooms/document-announcements.ts'
import type { DocumentRoster } from '../rooms/document-roster.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { isLaterEpoch } from '../spaces/documents/epochs/epoch.ts'

/**
 * How long the member waits before it decides that no other member holds more. Our choice: announcements that
 * two members send at the same time both arrive within this time.
 */
const establishMs = 1_000
/** A member that announces nothing for this long counts as one without documents. */
const unknownMs = 10_000

/** Members of the room whose documents are not known yet. */
export class UnknownMembers {
  readonly #roster: DocumentRoster
  /** Ids → when this member first noticed them, in monotonic ms. */
  readonly #sinceMs = new Map<string, number>()

  constructor(roster: DocumentRoster) {
    this.#roster = roster
  }

  /** Whether one of them may still announce a document. */
  isAny(nowMs: number): boolean {
    const unknown = new Set(this.#roster.unknown())
    for (const id of this.#sinceMs.keys()) if (!unknown.has(id)) this.#sinceMs.delete(id)
    for (const id of unknown) if (!this.#sinceMs.has(id)) this.#sinceMs.set(id, nowMs)
    return [...this.#sinceMs.values()].some(sinceMs => nowMs - sinceMs < unknownMs)
  }
}

export interface EstablishmentHost {
  /** Whether this member has compared its view of the cluster with another member, or no other member exists. */
  isSettled(): boolean
}

export interface SyncEstablishmentOptions {
  readonly self: string
  readonly roster: DocumentRoster
  readonly unknownMembers: UnknownMembers
  readonly host: EstablishmentHost
  /** When the document was opened, in monotonic ms. */
  readonly openedMs: number
  /** Whether this member fills the document if it is empty. */
  readonly isSeeder: boolean
}

export class SyncEstablishment {
  readonly #options: SyncEstablishmentOptions
  /**
   * Members that were compared with this replica, but do not announce the document → since when they have not
   * announced it, in monotonic ms.
   */
  readonly #peersWithoutDocument = new Map<string, number>()

  constructor(options: SyncEstablishmentOptions) {
    this.#options = options
  }

  /**
   * Stops waiting for members that closed the document. If such a member opens the document again, the
   * replicas are compared again. The member is dropped only after a delay: its announcement may be slightly
   * older than its last step.
   */
  dropDeparted({ name, state }: DocumentSync, nowMs: number): void {
    const { roster } = this.#options
    const peers = this.#peersWithoutDocument
    const members = new Set(state.members())
    for (const id of members) {
      const sinceMs = peers.get(id)
      if (sinceMs !== undefined && nowMs - sinceMs >= establishMs) state.departed(id)
      else if (sinceMs === undefined && !roster.mayHaveDocument(id, name)) peers.set(id, nowMs)
    }
    for (const id of [...peers.keys()])
      if (!members.has(id) || roster.mayHaveDocument(id, name)) peers.delete(id)
  }

  /** Whether it is established that no living member holds more than this replica. */
  isEstablished(sync: DocumentSync, nowMs: number): boolean {
    const { self, roster, unknownMembers, host, openedMs, isSeeder } = this.#options
    if (sync.isCarried || nowMs - openedMs < establishMs || !host.isSettled() || unknownMembers.isAny(nowMs))
      return false
    // Records the present digest among the former digests of this replica.
    sync.hash()
    const { current } = sync.epochs
    // Content of a replica in an earlier epoch is translated or superseded.
    const isBehind = ({ epoch, isSynced }: DocumentAnnouncement) =>
      epoch && current && !isSynced && isLaterEpoch(current, epoch)
    const holders = roster.holdersOf(sync.name).filter(each => !isBehind(each))
    const isCovered = ({ id, digest }: { id: string; digest: string | undefined }) =>
      digest === undefined || sync.state.hasDigest(digest) || sync.state.hasCompared(id)
    if (holders.some(({ isSynced }) => isSynced) || !holders.every(isCovered)) return false
    const openers = holders.filter(({ isCarried }) => !isCarried)
    const seeders = openers.filter(({ isSeeder }) => isSeeder)
    if (isSeeder) return seeders.every(({ id }) => self < id)
    return seeders.length === 0 && openers.every(({ id }) => self < id)
  }
}
