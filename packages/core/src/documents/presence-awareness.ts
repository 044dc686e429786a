/**
 * Presence awareness: the awareness of y-protocols, based on a room's presence.
 *
 * A state exists as long as its member is present. States do not expire and are not renewed, so the timers of
 * y-protocols do not run. Each member has one state, and so has each of its views, under the present client id of its
 * document. If the app changes the client id, the state moves to the new client id. If several members or views claim
 * one client id, the member with the smallest id keeps it, and a member precedes its own views. The others appear under
 * substitute ids. The client id of this document always refers to this member or view.
 */
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { AwarenessClaim } from '../rooms/reserved-fields.ts'
import { callApp } from '../runtime/app-calls.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { emitIsolated } from './isolated-observers.ts'

type State = Record<string, unknown>

/** The awareness states of members and of their views. */
export type AwarenessClaims = readonly (AwarenessClaim & {
  readonly member: string
  /** The id of the view; undefined: the state of the member itself. */
  readonly view: string | undefined
})[]

/** The awareness state of this member or of one of its views. The state is not yet known to be JSON. */
export interface LocalClaim {
  readonly client: number
  readonly state: State
}

export class PresenceAwareness extends Awareness {
  readonly #publish: (claim: LocalClaim | undefined) => void
  readonly #origin: unknown
  readonly #notifications: AppNotifications

  /**
   * @param origin origin of events about other members
   * @param publish sends the claim to the other members. If it throws, nothing was changed
   */
  constructor(
    doc: Y.Doc,
    origin: unknown,
    notifications: AppNotifications,
    publish: (claim: LocalClaim | undefined) => void,
  ) {
    super(doc)
    clearInterval(this._checkInterval)
    this.#origin = origin
    this.#notifications = notifications
    this.#publish = publish
    publish(this.claim())
  }

  /** @throws {InvalidValueError} the state is no JSON object, or makes this member's presence too large. Nothing was changed */
  override setLocalState(state: State | null): void {
    const set = () => super.setLocalState(state)
    // The constructor of y-protocols sets a first state before `#publish` exists.
    if (!(#publish in this)) set()
    else
      this.#notifications.step(() => {
        this.#publish(this.#claimOf(state))
        set()
      })
  }

  /** The claim of this member; undefined: it has no state. */
  claim(): LocalClaim | undefined {
    return this.#claimOf(this.getLocalState())
  }

  override emit(name: string, details: unknown[]): void {
    emitIsolated(this, name, details)
  }

  /** The document's client id has changed, and with it the id of this member's state. */
  clientChanged(): void {
    const [before, after] = [this.clientID, this.doc.clientID]
    if (before === after) return
    const state = this.getLocalState()
    const { clock = -1, lastUpdated = 0 } = this.meta.get(before) ?? {}
    this.states.delete(before)
    this.meta.delete(before)
    this.clientID = after
    this.meta.set(after, { clock: clock + 1, lastUpdated })
    if (state) this.states.set(after, state)
    const changes = { added: state ? [after] : [], updated: [], removed: state ? [before] : [] }
    this.#notify(changes, 'local')
    // The longer client id may make this member's presence too large.
    callApp(() => this.#publish(this.claim()))
  }

  /** Replaces the states of all others by these claims. */
  show(claims: AwarenessClaims, epochMs: number): void {
    const shown = new Map<number, State>()
    for (const { member, view, client, state } of claims.toSorted(byMemberAndView)) {
      const isFree = (id: number) => id !== this.clientID && !shown.has(id)
      let id = client
      for (let attempt = 0; !isFree(id); attempt++) id = substituteFor(member, view, attempt)
      shown.set(id, state)
    }
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
    this.#notify({ added, updated, removed }, this.#origin)
    // Delete the clocks of removed clients after the events, because listeners may read these clocks.
    this.#notifications.event(() => {
      for (const client of removed) if (!this.states.has(client)) this.meta.delete(client)
    })
  }

  /** Emits the events after the step. */
  #notify(changes: Record<'added' | 'updated' | 'removed', readonly number[]>, origin: unknown): void {
    this.#notifications.event(() => {
      for (const event of ['change', 'update'] as const) this.emit(event, [changes, origin])
    })
  }

  #claimOf(state: State | null): LocalClaim | undefined {
    return state === null ? undefined : { client: this.clientID, state }
  }
}

function byMemberAndView(a: AwarenessClaims[number], b: AwarenessClaims[number]): number {
  if (a.member !== b.member) return a.member < b.member ? -1 : 1
  return (a.view ?? '') < (b.view ?? '') ? -1 : 1
}

/** A client id for a member or view whose own id is in use: the same each time, and above the ids that Yjs draws. */
function substituteFor(member: string, view: string | undefined, attempt: number): number {
  const claimant = view === undefined ? member : `${member}/${view}`
  let hash = attempt
  for (let i = 0; i < claimant.length; i++) hash = (hash * 31 + claimant.charCodeAt(i)) % 0x7fff_ffff
  return 0x1_0000_0000 + hash
}
