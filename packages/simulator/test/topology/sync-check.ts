/**
 * Sync check: whether each member that reports `synced` is right.
 *
 * The check runs when a holder becomes synced:
 *
 * - If the holder knows synced holders, its document must contain the reference state of at least one of them. The reference
 *   state of a synced holder is its state when the new holder opened the document, or when it became synced if that was later.
 * - If the holder knows no synced holder, its document must contain the stored content of each known holder.
 *
 * A holder knows another holder if its room lists that member. A holder that was added while nothing else happened must
 * know all other holders.
 */
import type { RoomDocument } from '@hearsay/core'
import { contains, operationsOf, type ReplicaState, stateOf } from './replica-state.ts'
import type { TopologyMember } from './topology-member.ts'

/**
 * All members know a holder after this time. Our choice: twice the slowest step by which the news spreads.
 */
const knownAfterMs = 10_000
/** Other members may rely on an announcement of a holder that is this old. Our choice: two syncs. */
const announcedMs = 2_000

interface Opening {
  readonly member: TopologyMember
  readonly document: RoomDocument
  readonly atMs: number
  /** The document's states since it was opened, oldest first. The first is the state that was stored. */
  readonly states: { readonly atMs: number; readonly state: ReplicaState }[]
  /**
   * The states of the other holders that were synced when the document was opened, or became synced later.
   */
  readonly references: Map<Opening, ReplicaState>
}

export interface SyncCheckOptions {
  readonly nowMs: () => number
  /**
   * When the network last began to delay traffic that may still be in transit; the present time if there is
   * none.
   */
  readonly delayedSinceMs: () => number
  /** When a fault of the network or of a process last occurred, or a member was last added. */
  readonly disturbedMs: () => number
  /** When a fault of the network or of a process last occurred. Members that were added do not count. */
  readonly unsettledMs: () => number
  /** Whether traffic can pass between two members, through members of the room. */
  readonly areTogether: (a: TopologyMember, b: TopologyMember) => boolean
}

export class SyncCheck {
  readonly #options: SyncCheckOptions
  readonly #openings = new Map<TopologyMember, Opening>()
  readonly violations: string[] = []

  constructor(options: SyncCheckOptions) {
    this.#options = options
  }

  /** A member opened the document, or reconnected it. Call this method once each time. */
  opened(member: TopologyMember): void {
    const { document } = member
    if (!document) return
    const isNew = this.#openings.get(member)?.document !== document
    const others = this.#living().filter(({ member: other }) => other !== member)
    const atMs = this.#options.nowMs()
    const announcedUntilMs = this.#announcedUntilMs()
    const references = new Map(
      others.flatMap(other =>
        other.document.provider.synced ? [[other, stateAt(other, announcedUntilMs)] as const] : [],
      ),
    )
    const states = [{ atMs, state: stateOf(document.doc) }]
    this.#openings.set(member, { member, document, atMs, states, references })
    if (isNew)
      document.provider.on('synced', isSynced => {
        if (isSynced && member.document === document) this.#becameSynced(member)
      })
  }

  /** Records the states of all holders. Call this method as virtual time passes. */
  tick(): void {
    const atMs = this.#options.nowMs()
    for (const { document, states } of this.#living()) states.push({ atMs, state: stateOf(document.doc) })
  }

  /** The present states of the holders, for `checkCalm`. */
  remember(): Map<RoomDocument, ReplicaState> {
    return new Map(this.#living().map(({ document }) => [document, stateOf(document.doc)]))
  }

  /**
   * Checks, after a quiet period, that no synced holder lacks content that another known holder contained
   * before the period.
   */
  checkCalm(before: ReadonlyMap<RoomDocument, ReplicaState>): void {
    for (const one of this.#living())
      for (const other of this.#living()) {
        const had = before.get(other.document)
        if (!had || !one.document.provider.synced || !this.#knows(one, other)) continue
        if (!contains(stateOf(one.document.doc), had))
          this.#violated(one, `after a calm minute it lacks what ${other.member.name} contained before`)
      }
  }

  #becameSynced(member: TopologyMember): void {
    const own = this.#openings.get(member)
    if (!own) return
    const state = stateOf(own.document.doc)
    const known = this.#living().filter(other => other !== own && this.#knows(own, other))
    // The announcement of a holder that opened the document while traffic was delayed may not have arrived.
    const delayedSinceMs = this.#options.delayedSinceMs()
    const synced = known.filter(
      other => other.document.provider.synced && own.references.has(other) && other.atMs <= delayedSinceMs,
    )
    const hasOne = synced.some(other => contains(state, own.references.get(other) ?? state))
    if (synced.length > 0 && !hasOne)
      this.#violated(own, `it contains no state of a synced holder: ${listed(synced, own)}`)
    if (synced.length === 0) this.#checkFirst(own, state, known)
    for (const { member: other, references } of this.#openings.values())
      if (other !== member && !references.has(own))
        references.set(own, stateAt(own, this.#announcedUntilMs()))
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

  /** Announcements that were made before this time have reached all members. */
  #announcedUntilMs(): number {
    return Math.min(this.#options.nowMs(), this.#options.delayedSinceMs()) - announcedMs
  }

  #living(): Opening[] {
    return [...this.#openings.values()].filter(
      ({ member, document }) => member.isHolder && member.document === document,
    )
  }

  #knows(one: Opening, other: Opening): boolean {
    const { nowMs, unsettledMs, areTogether } = this.#options
    const members = one.member.room?.members.getSnapshot() ?? []
    const isListed = members.some(({ id }) => id === other.member.id)
    return areTogether(one.member, other.member) && (isListed || unsettledMs() < nowMs() - knownAfterMs)
  }

  #violated({ member, document, atMs }: Opening, what: string): void {
    const operations = operationsOf(stateOf(document.doc))
    const at = `${Math.round(atMs)} ms, synced at ${Math.round(this.#options.nowMs())} ms`
    this.violations.push(`${member.name}, opened at ${at} with ${operations} operations: ${what}`)
  }
}

/** The latest state of the opening at the time `ms` or earlier; without such a state, its first state. */
function stateAt({ states }: Opening, ms: number): ReplicaState {
  const found = states.findLast(({ atMs }) => atMs <= ms) ?? states[0]
  if (!found) throw new Error('an opening has a first state')
  return found.state
}

/**
 * Lists the openings, with the number of operations of each: at the time of the reference that `own` has to
 * it or, without a reference, when it was opened.
 */
const listed = (openings: readonly Opening[], own?: Opening): string =>
  openings
    .map(opening => {
      const state = own?.references.get(opening) ?? stateAt(opening, opening.atMs)
      return `${opening.member.name} (${operationsOf(state)} operations)`
    })
    .join(', ')
