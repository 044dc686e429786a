/** Document host: what a room provides for the documents that this member has open in it. */
import type { Clock } from '../base/clock.ts'
import type { CarriedDocument } from '../rooms/document-carriers.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import type { SharedUpdates } from '../spaces/documents/shared-updates.ts'
import type { UpdateLog } from '../storage/update-log.ts'
import type { Seed } from './document-seed.ts'
import type { AwarenessClaims, LocalClaim } from './presence-awareness.ts'

export interface DocumentHost {
  readonly clock: Clock
  readonly notifications: AppNotifications
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  /** Whether this member is in the room. If so, changes are stored, whether or not the document is synchronised. */
  isOpen(): boolean
  /** Whether this member may write documents: false if it has the role `reader`. */
  readonly canWrite: boolean
  /** The stored updates of a document. */
  log(document: string): UpdateLog
  /** Hands over the replica of a document that this member has carried for others so far. */
  takeCarried(document: string): CarriedDocument | undefined
  /** Begins to announce and synchronise the document. @throws {NotRunningError} */
  open(sync: DocumentSync, seed: Seed | undefined): void
  /** The document is no longer announced and synchronised. */
  closed(sync: DocumentSync): void
  /** The document was changed. */
  changed(sync: DocumentSync): void
  /** A document has another client id, which has to be announced. */
  clientChanged(): void
  /** Sends an update that fits into a rumor to all other members. */
  publish(sync: DocumentSync, update: Uint8Array): void
  /** Sends longer updates to connected members that hold the document. */
  push(document: string, updates: SharedUpdates): void
  /**
   * Publishes this member's awareness; undefined removes it.
   *
   * @throws {InvalidValueError} a value is invalid. Nothing was changed
   */
  claim(document: string, claim: LocalClaim | undefined): void
  /**
   * Publishes the awareness of a view of this member; undefined removes it.
   *
   * @throws {NotRunningError} the view is not open
   * @throws {InvalidValueError} a value is invalid. Nothing was changed
   */
  claimView(view: string, document: string, claim: LocalClaim | undefined): void
  /**
   * The awareness of other members and their views, and of this member and its views.
   *
   * @param except the view of this member whose awareness is left out; undefined: the awareness of this
   *   member itself is left out
   */
  claims(document: string, except: string | undefined): AwarenessClaims
  /** Another replica was written under the same client id. */
  collided(document: string, memberId: string): void
}
