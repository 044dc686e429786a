/**
 * Presence awareness: the awareness of y-protocols, carried by a room's presence.
 *
 * A state is there as long as its member is; nothing runs out and nothing is renewed, so none of the timers of
 * y-protocols run. A client id stands for one member: where several claim it, for that of the smallest id, and this
 * member's own for itself.
 */
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { AwarenessClaim } from './awareness-field.ts'

type State = Record<string, unknown>

/** What this member says of itself, not yet known to be JSON. */
export interface OwnClaim {
  readonly client: number
  readonly state: State
}

export class PresenceAwareness extends Awareness {
  readonly #say: (claim: OwnClaim | undefined) => void
  readonly #origin: unknown

  /**
   * @param origin of events about others
   * @param say tells the others, or throws, and then nothing has changed
   */
  constructor(doc: Y.Doc, origin: unknown, say: (claim: OwnClaim | undefined) => void) {
    super(doc)
    clearInterval(this._checkInterval)
    this.#origin = origin
    this.#say = say
    say(this.claim())
  }

  /** @throws {InvalidValueError} the state is no JSON, or makes this member's presence too large; nothing changed */
  override setLocalState(state: State | null): void {
    // y-protocols sets a first state before this has anybody to tell.
    if (#say in this) this.#say(this.#claimOf(state))
    super.setLocalState(state)
  }

  /** What this member says. */
  claim(): OwnClaim | undefined {
    return this.#claimOf(this.getLocalState())
  }

  /** Shows what others say, and nothing else. @param claims in the order of their members' ids */
  show(claims: readonly AwarenessClaim[], epochMs: number): void {
    const shown = new Map<number, State>()
    for (const { client, state } of claims)
      if (client !== this.clientID && !shown.has(client)) shown.set(client, state)
    const added = [...shown.keys()].filter(client => !this.states.has(client))
    const updated = [...shown.keys()].filter(client => {
      const state = this.states.get(client)
      return state !== undefined && state !== shown.get(client)
    })
    const removed = [...this.states.keys()].filter(client => client !== this.clientID && !shown.has(client))
    if (added.length + updated.length + removed.length === 0) return
    for (const client of removed) this.states.delete(client)
    for (const [client, state] of shown) this.states.set(client, state)
    for (const client of [...added, ...updated, ...removed]) {
      const clock = (this.meta.get(client)?.clock ?? -1) + 1
      this.meta.set(client, { clock, lastUpdated: epochMs })
    }
    for (const event of ['change', 'update'] as const)
      this.emit(event, [{ added, updated, removed }, this.#origin])
    // Whoever listened may have asked for their clocks.
    for (const client of removed) if (!this.states.has(client)) this.meta.delete(client)
  }

  #claimOf(state: State | null): OwnClaim | undefined {
    return state ? { client: this.clientID, state } : undefined
  }
}
