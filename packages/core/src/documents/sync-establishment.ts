/**
 * Sync establishment: decides that a replica is synced because no living member holds more.
 *
 * This decision is one half of the rule in `Provider.synced`. The other half, exchanges with synced members, is in `SyncState`.
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

export interface EstablishmentHost {
  /** Whether this member has compared its view of the cluster with another member, or no other member exists. */
  isSettled(): boolean
}

export interface SyncEstablishmentOptions {
  readonly self: string
  readonly roster: DocumentRoster
  readonly host: EstablishmentHost
}

/** A document of the room that this member has open, or carries. */
export interface OpenedDocument {
  /** When it was opened, in monotonic ms. */
  readonly openedMs: number
  /** Fills the document if it is empty. */
  readonly seed: (() => void) | undefined
  /**
   * Members that were compared with this replica, but do not announce the document → since when they have not
   * announced it, in monotonic ms.
   */
  readonly peersWithoutDocument: Map<string, number>
}

export class SyncEstablishment {
  readonly #options: SyncEstablishmentOptions
  /** Members of the room whose documents are not known → when this member first noticed them, in monotonic ms. */
  readonly #unknownSinceMs = new Map<string, number>()

  constructor(options: SyncEstablishmentOptions) {
    this.#options = options
  }

  /**
   * Stops waiting for members that closed the document, left or died. If such a member opens the document again, the
   * replicas are compared again. The member is dropped only after a delay: its announcement may be slightly
   * older than its last step.
   */
  dropDeparted(
    { name, state }: DocumentSync,
    { peersWithoutDocument: peers }: OpenedDocument,
    nowMs: number,
  ): void {
    const { roster } = this.#options
    for (const id of state.aheadAndClosed()) if (!roster.isPresent(id)) state.departed(id)
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
  isEstablished(sync: DocumentSync, { openedMs, seed }: OpenedDocument, nowMs: number): boolean {
    const { self, roster, host } = this.#options
    if (sync.isCarried || nowMs - openedMs < establishMs || !host.isSettled() || this.#isAnyUnknown(nowMs))
      return false
    // `hash()` also adds the current digest to the list that `hasDigest` searches.
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
    if (seed) return seeders.every(({ id }) => self < id)
    return seeders.length === 0 && openers.every(({ id }) => self < id)
  }

  /** Whether a member may still announce a document. */
  #isAnyUnknown(nowMs: number): boolean {
    const unknown = new Set(this.#options.roster.unknown())
    const noticed = this.#unknownSinceMs
    for (const id of noticed.keys()) if (!unknown.has(id)) noticed.delete(id)
    for (const id of unknown) if (!noticed.has(id)) noticed.set(id, nowMs)
    return [...noticed.values()].some(sinceMs => nowMs - sinceMs < unknownMs)
  }
}
