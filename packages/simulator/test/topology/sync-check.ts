/**
 * Sync check: whether each member that reports `synced` is right.
 *
 * When a holder becomes synced, it contains what one of the synced holders contained that it knows: the state of that
 * holder when this one opened the document, or, if that holder became synced later, when it did. Without such a
 * holder it contains what each holder had stored that it knows. One holder knows another if its room lists it; one that
 * was added while nothing else happened has to know all.
 */
import type { RoomDocument } from '@hearsay/core'
import { contains, operationsOf, type ReplicaState, stateOf } from './replica-state.ts'
import type { Seat } from './topology-member.ts'

/** A holder is known to all after so long. Our choice: two of the slowest steps that spread it. */
const knownAfterMs = 10_000
/** Others may go by what a holder announced of itself so long ago. Our choice: two exchanges. */
const announcedMs = 2_000

interface Opening {
  readonly seat: Seat
  readonly document: RoomDocument
  readonly atMs: number
  /** Its states since then, oldest first: the first is what it had stored. */
  readonly states: { readonly atMs: number; readonly state: ReplicaState }[]
  /** The states of the other holders that were synced then, or became synced later. */
  readonly references: Map<Opening, ReplicaState>
}

export interface SyncCheckOptions {
  readonly nowMs: () => number
  /** When the network last began to hold something back that may not have arrived yet; now, if it does not. */
  readonly delayedSinceMs: () => number
  /** When something last happened to the network or to a process. */
  readonly disturbedMs: () => number
  /** The same, but for members that were added. */
  readonly unsettledMs: () => number
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
    const atMs = this.#options.nowMs()
    const announcedUntilMs = this.#announcedUntilMs()
    const references = new Map(
      others.flatMap(other =>
        other.document.provider.synced ? [[other, stateAt(other, announcedUntilMs)] as const] : [],
      ),
    )
    const states = [{ atMs, state: stateOf(document.doc) }]
    this.#openings.set(seat, { seat, document, atMs, states, references })
    if (isNew)
      document.provider.on('synced', isSynced => {
        if (isSynced && seat.document === document) this.#becameSynced(seat)
      })
  }

  /** Some time has passed. */
  tick(): void {
    const atMs = this.#options.nowMs()
    for (const { document, states } of this.#living()) states.push({ atMs, state: stateOf(document.doc) })
  }

  /** The present states of the holders, for `checkCalm`. */
  remember(): Map<RoomDocument, ReplicaState> {
    return new Map(this.#living().map(({ document }) => [document, stateOf(document.doc)]))
  }

  /** After a calm while: no holder is synced and lacks what another that it knows contained before. */
  checkCalm(before: ReadonlyMap<RoomDocument, ReplicaState>): void {
    for (const one of this.#living())
      for (const other of this.#living()) {
        const had = before.get(other.document)
        if (!had || !one.document.provider.synced || !this.#knows(one, other)) continue
        if (!contains(stateOf(one.document.doc), had))
          this.#violated(one, `after a calm minute it lacks what ${other.seat.name} contained before`)
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
      this.#violated(own, `it contains no state of a synced holder: ${listed(synced, own)}`)
    if (synced.length === 0) this.#checkFirst(own, state, known)
    for (const { seat: other, references } of this.#openings.values())
      if (other !== seat && !references.has(own)) references.set(own, stateAt(own, this.#announcedUntilMs()))
  }

  #checkFirst(own: Opening, state: ReplicaState, known: readonly Opening[]): void {
    const { nowMs, disturbedMs } = this.#options
    const longAgo = nowMs() - knownAfterMs
    if (disturbedMs() > longAgo) return
    const lacking = known.filter(
      other => other.atMs < longAgo && !contains(state, stateAt(other, other.atMs)),
    )
    if (lacking.length > 0) this.#violated(own, `it lacks what these had stored: ${listed(lacking)}`)
  }

  /** What others announced until then is known. */
  #announcedUntilMs(): number {
    return Math.min(this.#options.nowMs(), this.#options.delayedSinceMs()) - announcedMs
  }

  #living(): Opening[] {
    return [...this.#openings.values()].filter(
      ({ seat, document }) => seat.isHolder && seat.document === document,
    )
  }

  #knows(one: Opening, other: Opening): boolean {
    const { nowMs, unsettledMs, areTogether } = this.#options
    const members = one.seat.room?.members.getSnapshot() ?? []
    const isListed = members.some(({ id }) => id === other.seat.id)
    return areTogether(one.seat, other.seat) && (isListed || unsettledMs() < nowMs() - knownAfterMs)
  }

  #violated({ seat, document, atMs }: Opening, what: string): void {
    const operations = operationsOf(stateOf(document.doc))
    const at = `${Math.round(atMs)} ms, synced at ${Math.round(this.#options.nowMs())} ms`
    this.violations.push(`${seat.name}, opened at ${at} with ${operations} operations: ${what}`)
  }
}

/** The latest of its states that is so old; else its first. */
function stateAt({ states }: Opening, ms: number): ReplicaState {
  const found = states.findLast(({ atMs }) => atMs <= ms) ?? states[0]
  if (!found) throw new Error('an opening has a first state')
  return found.state
}

/** With the number of operations that each contained: as `own` refers to it, or as it opened. */
const listed = (openings: readonly Opening[], own?: Opening): string =>
  openings
    .map(opening => {
      const state = own?.references.get(opening) ?? stateAt(opening, opening.atMs)
      return `${opening.seat.name} (${operationsOf(state)} operations)`
    })
    .join(', ')
