/**
 * Document requests: sends local updates that are too long for a rumor to the connected holders of a document, requests
 * missing updates from them, and asks other members to carry the document if the holders cannot reach each other.
 */
import { sample } from '../base/arrays.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import { Deadlines } from './deadlines.ts'
import type { ChunkedTransfers } from './documents/chunked-transfers.ts'
import { offerDocument } from './documents/document-exchange.ts'
import type { SharedUpdates } from './documents/shared-updates.ts'
import { requestDocument } from './documents/sync-requests.ts'
import type { Reachability } from './reachability.ts'
import type { SpaceMembers } from './space-members.ts'
import type { SpaceOutbox } from './space-outbox.ts'
import type { ReplicaHolder, SpaceReplica } from './space-replica.ts'

/** A space that the member is in. */
export interface DocumentSpace {
  readonly space: string
  readonly replica: SpaceReplica
  readonly transfers: ChunkedTransfers
}

export interface DocumentRequestsOptions {
  readonly members: SpaceMembers
  readonly reachability: Reachability
  readonly outbox: SpaceOutbox
  readonly random: () => number
}

const carrierRequestDelayMs = 50
/** The shortest time between two requests for missing updates in one space. */
const gapRequestIntervalMs = 200
/**
 * How often to ask more members to carry a document, while the carriers do not connect all members that have it open.
 */
export const carrierRequestIntervalMs = 5_000
/** How often to ask the carriers to continue, while they connect all members that have the document open. */
export const renewIntervalMs = 30_000

export class DocumentRequests {
  readonly #options: DocumentRequestsOptions
  /** When to ask members again to carry the documents of a space. */
  readonly #carrierRequests = new Deadlines()
  /** Space → when a missing update last caused a request. */
  readonly #gapRequestedMs = new Map<string, number>()

  constructor(options: DocumentRequestsOptions) {
    this.#options = options
  }

  /** When to call `requestCarriersDue`, in monotonic ms. */
  get nextMs(): number {
    return this.#carrierRequests.nextMs
  }

  /** The member left a space. */
  left(space: string): void {
    this.#carrierRequests.delete(space)
    this.#gapRequestedMs.delete(space)
  }

  /** Sends local updates to all connected holders of the document. */
  push(
    { space, replica, transfers }: DocumentSpace,
    document: string,
    updates: SharedUpdates,
    nowMs: number,
  ): void {
    const { epochs } = replica.documents.get(document) ?? {}
    if (!epochs) return
    const isSynced = () => false
    for (const { id } of this.#connectedHolders(space, replica, document)) {
      const source = { updates: epochs.whileIn(updates.read()), isSynced, epoch: epochs.current }
      const steps = transfers.push(id, document, source, nowMs)
      this.#options.outbox.send(
        id,
        steps.map(({ step }) => ({ space, documents: [step] })),
      )
    }
  }

  /**
   * Requests missing updates from one member that holds the document: `preferred` if possible, otherwise a synced
   * one. The other holders get an offer.
   */
  request({ space, replica }: DocumentSpace, document: string, nowMs: number, preferred?: string): void {
    const sync = replica.documents.get(document)
    if (!sync) return
    const { reachability, outbox, random } = this.#options
    const rank = ({ id, isSynced }: ReplicaHolder) =>
      (id === preferred ? 4 : 0) + (reachability.isUnreachable(id) ? 0 : 2) + Number(isSynced)
    const connected = this.#connectedHolders(space, replica, document)
    const holders = sample(connected, Number.POSITIVE_INFINITY, random).sort((a, b) => rank(b) - rank(a))
    const of = holders.find(({ id, isSynced }) => sync.state.mayRequest(id, undefined, isSynced, nowMs))
    for (const { id, isSynced } of holders) {
      const offer = offerDocument(sync, id)
      const request =
        id === of?.id ? requestDocument(sync, { from: id, digest: undefined, isSynced }, nowMs) : {}
      outbox.request(id, [{ space, documents: [{ ...offer, ...request }] }], nowMs)
    }
  }

  /**
   * Requests the updates on which later updates build, if they were lost. The peer that forwarded the later update has the
   * earlier one, if that peer holds the document.
   */
  requestMissing(space: DocumentSpace, from: string, nowMs: number): void {
    const lastMs = this.#gapRequestedMs.get(space.space) ?? Number.NEGATIVE_INFINITY
    if (nowMs - lastMs < gapRequestIntervalMs) return
    const gaps = [...space.replica.documents.values()].filter(sync => sync.hasGap())
    if (gaps.length === 0) return
    this.#gapRequestedMs.set(space.space, nowMs)
    for (const { name } of gaps) this.request(space, name, nowMs, from)
  }

  /** The holders of a document, or the members that they can reach, changed. */
  requestCarriersSoon(space: string, nowMs: number): void {
    this.#carrierRequests.set(space, nowMs + carrierRequestDelayMs)
  }

  /** Asks members to carry the documents of the spaces that are due. */
  requestCarriersDue(spaces: ReadonlyMap<string, DocumentSpace>, nowMs: number): void {
    const { members, outbox } = this.#options
    for (const space of this.#carrierRequests.takeDue(nowMs)) {
      const { replica } = spaces.get(space) ?? {}
      if (!replica) continue
      const { requests, areEnough } = replica.carriersToRequest(members.connectedIn(space), nowMs)
      for (const [document, id] of requests) {
        const step: SpaceStep = { space, documents: [{ document, carry: true }] }
        outbox.send(id, [step])
      }
      if (requests.length > 0)
        this.#carrierRequests.set(space, nowMs + (areEnough ? renewIntervalMs : carrierRequestIntervalMs))
    }
  }

  /** Connected members that hold a document. */
  #connectedHolders(space: string, replica: SpaceReplica, document: string): ReplicaHolder[] {
    const connected = new Set(this.#options.members.connectedIn(space))
    return replica.holdersOf(document).filter(({ id }) => connected.has(id))
  }
}
