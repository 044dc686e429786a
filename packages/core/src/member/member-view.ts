/**
 * Member view: the members as an app sees them, and their events.
 *
 * The status of a member is derived: `left` if its record says so, otherwise the detector's verdict. An event is the
 * difference between two observations of one member, so a batch of facts gives at most one event per member. A member
 * that was never alive here has no `fail` and no `leave` event.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { lowerBound } from '../base/arrays.ts'
import { CopyOnWriteMap } from '../base/copy-on-write-map.ts'
import type { RecordFact } from '../table/row.ts'
import type { Attention } from '../wire/fact.ts'
import type { ClusterEventType, Member, MemberAttention, MemberStatus } from './member.ts'

export interface MemberEvent {
  readonly type: ClusterEventType
  readonly member: Member
}

interface ViewRow {
  readonly fact: RecordFact
  readonly member: Member
  /** Whether this member has ever seen the other one alive, in any incarnation. Only then is the end of the other an event. */
  readonly wasAlive: boolean
}

/** Our choice: inserting up to 64 changes one by one costs less than sorting all members again. */
const maxPatches = 64

export interface MemberViewOptions {
  /** The initial members, all alive; the prior must not change any more. */
  readonly prior?: MemberView | undefined
  /** The roles of the author of a record, ordered. @default none */
  readonly rolesOf?: ((fact: RecordFact) => readonly string[] | undefined) | undefined
}

const noRoles: readonly string[] = Object.freeze([])

export class MemberView {
  readonly #self: string
  readonly #rolesOf: MemberViewOptions['rolesOf']
  readonly #rows: CopyOnWriteMap<ViewRow>
  /** The departure date of each dead or left member, by id. */
  readonly #departed = new Map<string, number>()
  readonly #counts: Record<MemberStatus, number> = { alive: 0, suspect: 0, dead: 0, left: 0 }
  #snapshot: readonly Member[] | undefined
  /** The ids of the members that changed since the last snapshot. */
  readonly #changed = new Set<string>()

  constructor(self: string, { prior, rolesOf }: MemberViewOptions = {}) {
    this.#self = self
    this.#rolesOf = rolesOf
    this.#rows = new CopyOnWriteMap(prior && prior.#rows)
    if (prior) Object.assign(this.#counts, prior.#counts)
    this.#snapshot = prior?.snapshot()
  }

  get(id: string): Member | undefined {
    return this.#rows.get(id)?.member
  }

  /** Whether this member has ever seen the other one alive, in any incarnation. */
  wasAlive(id: string): boolean {
    return this.#rows.get(id)?.wasAlive ?? false
  }

  /** The members, ordered by id, without ephemeral ones that left. Returns the same array until a member changes. */
  snapshot(): readonly Member[] {
    if (!this.#snapshot) this.#snapshot = this.#sorted()
    else if (this.#changed.size > 0) this.#snapshot = this.#patched(this.#snapshot)
    this.#changed.clear()
    return this.#snapshot
  }

  /** The number of members with one of these statuses. */
  count(...statuses: MemberStatus[]): number {
    return statuses.reduce((sum, status) => sum + this.#counts[status], 0)
  }

  /**
   * Updates the view of a member.
   *
   * @param departedEpochMs when the member died or left; ignored for a present member
   * @param nowEpochMs when this member saw the fact
   * @returns the event for the app, if any; never one about this member itself
   */
  observe(
    fact: RecordFact,
    verdict: 'alive' | 'suspect' | 'dead',
    departedEpochMs: number,
    nowEpochMs: number,
  ): MemberEvent | undefined {
    const id = fact.author
    const status: MemberStatus = fact.record.leaving ? 'left' : verdict
    const before = this.#rows.get(id)
    const same = before?.fact === fact && before.member.attention.sinceMs <= nowEpochMs && before.member
    if (same && same.status === status) return undefined
    const member = Object.freeze(
      same
        ? { ...same, status }
        : memberOf(fact, status, {
            attention: attentionOf(fact, before?.member.attention, nowEpochMs),
            roles: sameRoles(before?.member.roles, this.#rolesOf?.(fact) ?? noRoles),
          }),
    )
    const wasAlive = status === 'alive' || (before?.wasAlive ?? false)
    if (before) this.#counts[before.member.status] -= 1
    this.#counts[status] += 1
    this.#rows.set(id, { fact, member, wasAlive })
    if (isPresentStatus(status)) this.#departed.delete(id)
    else this.#departed.set(id, departedEpochMs)
    this.#markChanged(id)
    if (id === this.#self || !wasAlive) return undefined
    const type = eventType(before, member)
    return type && { type, member }
  }

  /** The ids of the members that departed at least `retentionMs` ago; `ephemeralMs` for ephemeral members that left. */
  departed(epochMs: number, retentionMs: number, ephemeralMs: number = retentionMs): string[] {
    // The clock was ahead when the member departed, and was set back.
    for (const [id, date] of this.#departed) if (date > epochMs) this.#departed.set(id, epochMs)
    return [...this.#departed]
      .filter(([id, date]) => {
        const fact = this.#rows.get(id)?.fact
        return epochMs - date >= (fact && isForgotten(fact) ? ephemeralMs : retentionMs)
      })
      .map(([id]) => id)
  }

  /** The ids of at most `count` other members that are dead or left, the earliest departures first. */
  longestDeparted(count: number): string[] {
    const others = [...this.#departed].filter(([id]) => id !== this.#self)
    // Ordered by id where dates are equal, so that all members choose the same ones.
    others.sort(([a, dateA], [b, dateB]) => dateA - dateB || (a < b ? -1 : 1))
    return others.slice(0, count).map(([id]) => id)
  }

  /**
   * The member was expelled. Call `forget` next.
   *
   * @returns its `leave` event; undefined if it was never alive here, or has left before
   */
  expel(id: string): MemberEvent | undefined {
    const row = this.#rows.get(id)
    if (!row?.wasAlive || row.member.status === 'left') return undefined
    return { type: 'leave', member: Object.freeze({ ...row.member, status: 'left' }) }
  }

  forget(id: string): void {
    const row = this.#rows.get(id)
    if (!row) return
    this.#counts[row.member.status] -= 1
    this.#rows.delete(id)
    this.#departed.delete(id)
    this.#markChanged(id)
  }

  #markChanged(id: string): void {
    this.#changed.add(id)
    if (this.#changed.size > maxPatches) this.#snapshot = undefined
    if (!this.#snapshot) this.#changed.clear()
  }

  #sorted(): Member[] {
    return [...this.#rows.values()]
      .filter(row => this.#isListed(row))
      .map(({ member }) => member)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  #patched(before: readonly Member[]): Member[] {
    const members = [...before]
    for (const id of this.#changed) {
      const row = this.#rows.get(id)
      const member = row && this.#isListed(row) ? row.member : undefined
      const index = lowerBound(members, each => each.id >= id)
      members.splice(index, members[index]?.id === id ? 1 : 0, ...(member ? [member] : []))
    }
    return members
  }

  /** This member itself stays in the list. */
  #isListed({ fact }: ViewRow): boolean {
    return !isForgotten(fact) || fact.author === this.#self
  }
}

/** Whether this is the last record of an ephemeral member: the member left, and others forget it. */
export const isForgotten = ({ record }: RecordFact): boolean => record.ephemeral && record.leaving

/** Whether a member with this status counts as present: alive or suspect. */
export function isPresentStatus(status: MemberStatus): boolean {
  return status === 'alive' || status === 'suspect'
}

function eventType(before: ViewRow | undefined, after: Member): ClusterEventType | undefined {
  const was = before?.wasAlive ? before.member.status : undefined
  const wasPresent = was !== undefined && isPresentStatus(was)
  switch (after.status) {
    case 'alive':
      if (!wasPresent) return 'join'
      return was === 'suspect' ? 'recover' : 'update'
    case 'suspect':
      // The member returned and was suspected within one step: the app needs the `join` first.
      if (!wasPresent) return 'join'
      return was === 'alive' ? 'suspect' : 'update'
    case 'dead':
      return was === 'dead' ? undefined : 'fail'
    case 'left':
      return was === 'left' ? undefined : 'leave'
  }
}

const attentionStates: Readonly<Record<Attention['state'], MemberAttention['state']>> = {
  full: 'active',
  hidden: 'hidden',
  frozen: 'frozen',
  asleep: 'asleep',
}

/** A renewed lease changes nothing. After the clock was set back, the state counts from now on. */
function attentionOf(
  { record }: RecordFact,
  before: MemberAttention | undefined,
  nowEpochMs: number,
): MemberAttention {
  const state = attentionStates[record.attention.state]
  return before?.state === state && before.sinceMs <= nowEpochMs
    ? before
    : Object.freeze({ state, sinceMs: nowEpochMs })
}

/** The list that was shown before, if both have the same roles. */
function sameRoles(before: readonly string[] | undefined, roles: readonly string[]): readonly string[] {
  const isSame = before?.length === roles.length && roles.every((role, i) => role === before[i])
  return before && isSame ? before : roles
}

function memberOf(
  { author: id, record }: RecordFact,
  status: MemberStatus,
  { attention, roles }: Pick<Member, 'attention' | 'roles'>,
): Member {
  const { name, incarnation, tags } = record
  const addresses = Object.freeze(record.addresses.flatMap(textOf))
  return Object.freeze({
    id,
    name,
    incarnation,
    status,
    addresses,
    attention,
    tags: Object.freeze({ ...tags }),
    roles,
  })
}

/** The multiaddr as text, or nothing if this version cannot read the address. The signed record is unchanged. */
function textOf(address: Uint8Array): string[] {
  try {
    return [multiaddr(address).toString()]
  } catch {
    return []
  }
}
