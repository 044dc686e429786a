/**
 * Contract: the calls and messages between a view and the member's side.
 *
 * The view calls, the member's side answers, and sends batches of changes. A batch contains everything that changed since
 * the one before, and the next batch waits until the view has acknowledged it. So the queue for a slow view is bounded: a value
 * that changes meanwhile is sent once, with its newest state.
 */

import type {
  Explanation,
  HeldBy,
  HeldByOptions,
  HeldSpace,
  Json,
  LeaveOptions,
  ProviderStatus,
  RoomOptions,
  UpdateChange,
} from '@hearsay/core'
import type { AwarenessClaims, LocalClaim } from '@hearsay/core/app'
import type { Answer } from './answer.ts'
import type { ConfigCalls } from './config-calls.ts'
import type { InvitationCalls } from './invitation-calls.ts'
import type { QueryCalls, ViewQueryCalls } from './query-calls.ts'
import type { TableDiff } from './table.ts'

/** Both sides must have the same version. */
export const contractVersion = 4

/** The stores and events of the cluster have this number; rooms and configs have numbers of their own. */
export const clusterNumber = 0

/** A store on the member's side: the number of its cluster, room or config, and its name there. */
export type StoreName = readonly [owner: number, name: string]

export interface Batch {
  readonly number: number
  readonly stores: readonly (readonly [store: StoreName, diff: TableDiff])[]
  readonly documents: readonly (readonly [owner: number, document: string, change: DocumentChange])[]
  /** Events, in their order. */
  readonly events: readonly PortEvent[]
}

/** The changes of one document. */
export interface DocumentChange {
  /** Absent: the content has not changed. */
  readonly update?: Uint8Array
  /**
   * The number of times that the document got new ids. After this number has grown, `update` is the whole document,
   * with the new ids.
   */
  readonly generation: number
  readonly status: ProviderStatus
  readonly synced: boolean
  /** Absent: not changed. */
  readonly superseded?: readonly Uint8Array[]
  /** The awareness of other members and of other views. Absent: not changed. */
  readonly claims?: AwarenessClaims
}

/** An event of the cluster, a room or a config, or of the document with this name. */
export type PortEvent = readonly [owner: number, type: string, detail: unknown, document: string | undefined]

/** The rights of a view. The member's side checks each call; the view has a copy, so that calls can throw at once. */
export interface Rights {
  readonly update: boolean
  readonly leave: boolean
  readonly queries: boolean
  readonly invitations: boolean
}

export interface Welcome {
  readonly version: number
  /** The cluster's name. */
  readonly cluster: string
  /** Id of the member. */
  readonly self: string
  readonly rights: Rights
}

/** The calls that the member's side answers. */
export interface MemberCalls extends ConfigCalls, QueryCalls, InvitationCalls {
  /** Begins the view. @param focusedAtMs when the user turned to the view, as an epoch time */
  connect(version: number, focusedAtMs: number): Answer<Welcome>
  /** The view has processed a batch, and can receive the next one. */
  acknowledge(number: number): void
  /** Whether the page of the view is hidden; undefined: it has no page. A hidden view receives at most four batches a second. */
  setHidden(isHidden: boolean | undefined): void
  /** Sends the content of a store, and its changes from now on, or stops. */
  watch(store: StoreName, isWatched: boolean): void
  explain(memberId: string): Promise<Answer<Explanation>>
  /** `heldBy` for the rooms and configs whose names the view may see. The right `queries` is required. */
  heldBy(options?: HeldByOptions): Promise<Answer<readonly HeldSpace[]>>
  /** The same for one room or config that the view has open. */
  spaceHeldBy(owner: number, options?: HeldByOptions): Promise<Answer<HeldBy>>
  update(change: UpdateChange): Answer<void>
  /** The right `update` is required, as for `resume`. */
  suspend(options?: SuspendOptions): Answer<void>
  resume(): Answer<void>
  leave(options?: LeaveOptions): Promise<Answer<void>>
  /**
   * Enters a room.
   *
   * @param number a number that the view chooses: the batches with the room's content may arrive before the answer
   */
  openRoom(number: number, name: string, options: RoomOptions): Promise<Answer<OpenedRoom>>
  setPresence(room: number, fields: Readonly<Record<string, Json | undefined>>): Answer<void>
  /** The user turned to the view. */
  focus(): void
  /** Publishes the awareness of the view in a document; undefined removes it. */
  claim(room: number, document: string, claim: LocalClaim | undefined): Answer<void>
  broadcast(room: number, value: Json): Answer<void>
  openDocument(
    room: number,
    name: string,
    stateVector: Uint8Array,
    seed: Uint8Array | undefined,
  ): Answer<OpenedDocument>
  /** @returns false: the update has ids from before an epoch, and was not applied */
  editDocument(room: number, name: string, generation: number, update: Uint8Array): Answer<boolean>
  /** Resolves when all changes of the member's replica are stored. */
  documentStored(room: number, name: string): Promise<Answer<void>>
  discardSuperseded(room: number, name: string): Answer<void>
  closeDocument(room: number, name: string): void
  /** Ends the view of a room or config. */
  close(owner: number): void
}

export interface OpenedRoom {
  /** Whether the view may change the room. */
  readonly isWritable: boolean
}

export interface OpenedDocument extends DocumentChange {
  /** The content that the view lacks. */
  readonly update: Uint8Array
  /** The content that the member has. */
  readonly stateVector: Uint8Array
}

export interface SuspendOptions {
  readonly leaseMs?: number
}

/** The calls that a view receives. */
export interface ViewCalls extends ViewQueryCalls {
  batch(batch: Batch): void
  /** The member's side has closed the port. @param reason a text for people */
  closed(reason: string): void
}

/** The calls of the member's side. Each resolves with its answer. */
export type RemoteMember = {
  readonly [Name in keyof MemberCalls]: (
    ...values: Parameters<MemberCalls[Name]>
  ) => Promise<Awaited<ReturnType<MemberCalls[Name]>>>
}
