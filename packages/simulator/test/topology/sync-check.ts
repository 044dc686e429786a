/**
 * Sync check: whether members that say `synced` may say so.
 *
 * A holder that becomes synced contains what one of the synced holders had that it knew of: what that one had when
 * this one opened the document, or, if it became synced later, what it had then. Without such a holder it contains
 * what each holder it knew of had opened with. "Knew of": the room's own list shows it alive.
 */
import type { RoomDocument } from '@hearsay/core'
import { contains, type ReplicaState, stateOf } from './replica-state.ts'
import type { Seat } from './seat.ts'

/** What must be known is what stood for so long: our choice, two of the slowest steps by which news travel. */
const knownAfterMs = 10_000

interface Opening {
  readonly seat: Seat
  readonly document: RoomDocument
  readonly atMs: number
  /** What it had stored. */
  readonly state: ReplicaState
  /** What each holder had that was synced then, or became so later. */
  readonly references: Map<Opening, ReplicaState>
}

export interface SyncCheckOptions {
  readonly nowMs: () => number
  /** When something last happened to the network or to a process. */
  readonly disturbedMs: () => number
  /** Whether something can pass between two, over members of the room. */
  readonly areTogether: (a: Seat, b: Seat) => boolean
}

export class SyncCheck {
  readonly #options: SyncCheckOptions
  readonly #openings = new Map<Seat, Opening>()
  readonly violations: string[] = []

  constructor(options: SyncCheckOptions) {
    this.#options = options
  }

  /** A member opened the document, or connects it again. Once for each. */
  opened(seat: Seat): void {
    const { document } = seat
    if (!document) return
    const isNew = this.#openings.get(seat)?.document !== document
    const others = this.#living().filter(({ seat: other }) => other !== seat)
    const references = new Map(
      others.flatMap(other =>
        other.document.provider.synced ? [[other, stateOf(other.document.doc)] as const] : [],
      ),
    )
    const atMs = this.#options.nowMs()
    this.#openings.set(seat, { seat, document, atMs, state: stateOf(document.doc), references })
    if (isNew)
      document.provider.on('synced', isSynced => {
        if (isSynced && seat.document === document) this.#becameSynced(seat)
      })
  }

  /** What the holders have now, to be compared when it has been calm for a while. */
  remember(): Map<RoomDocument, ReplicaState> {
    return new Map(this.#living().map(({ document }) => [document, stateOf(document.doc)]))
  }

  /** It has been calm since: no holder says `synced` and lacks what another that it knows had then. */
  checkCalm(before: ReadonlyMap<RoomDocument, ReplicaState>): void {
    for (const one of this.#living())
      for (const other of this.#living()) {
        const had = before.get(other.document)
        if (!had || !one.document.provider.synced || !this.#knows(one, other)) continue
        if (!contains(stateOf(one.document.doc), had))
          this.#violated(
            one,
            `it has said so while it was calm, and lacks what ${other.seat.name} had before`,
          )
      }
  }

  #becameSynced(seat: Seat): void {
    const own = this.#openings.get(seat)
    if (!own) return
    const state = stateOf(own.document.doc)
    const known = this.#living().filter(other => other !== own && this.#knows(own, other))
    const synced = known.filter(other => other.document.provider.synced && own.references.has(other))
    const hasOne = synced.some(other => contains(state, own.references.get(other) ?? state))
    if (synced.length > 0 && !hasOne)
      this.#violated(own, `it contains nothing that a synced holder had: ${names(synced)}`)
    if (synced.length === 0) this.#checkFirst(own, state, known)
    for (const { seat: other, references } of this.#openings.values())
      if (other !== seat && !references.has(own)) references.set(own, state)
  }

  #checkFirst(own: Opening, state: ReplicaState, known: readonly Opening[]): void {
    const { nowMs, disturbedMs } = this.#options
    const longAgo = nowMs() - knownAfterMs
    if (disturbedMs() > longAgo) return
    const lacking = known.filter(other => other.atMs < longAgo && !contains(state, other.state))
    if (lacking.length > 0) this.#violated(own, `it lacks what these hold: ${names(lacking)}`)
  }

  #living(): Opening[] {
    return [...this.#openings.values()].filter(
      ({ seat, document }) => seat.isHolder && seat.document === document,
    )
  }

  #knows(one: Opening, other: Opening): boolean {
    const members = one.seat.room?.members.getSnapshot() ?? []
    return this.#options.areTogether(one.seat, other.seat) && members.some(({ id }) => id === other.seat.id)
  }

  #violated({ seat }: Opening, what: string): void {
    this.violations.push(`${seat.name} is synced at ${this.#options.nowMs()} ms, but ${what}`)
  }
}

const names = (openings: readonly Opening[]): string => openings.map(({ seat }) => seat.name).join(', ')
