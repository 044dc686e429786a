/**
 * Room view: the members in one room and their presence, as the app sees them.
 *
 * - A member is shown once its announcement of documents has arrived, and never without its fields.
 * - Presence is hidden if its generation is not the member's present generation.
 * - The stores change only in `show`, which the handle calls at the end of a step.
 */
import type { PresenceUpdate } from '../api/presence.ts'
import type { AwarenessClaims } from '../documents/presence-awareness.ts'
import type { Member } from '../member/member.ts'
import { type MemberPresence, noPresence, readPresence } from '../rooms/member-views.ts'
import { awarenessField, isReservedField, readAwarenessClaim } from '../rooms/reserved-fields.ts'
import type { RoomReplica } from '../rooms/room-replica.ts'
import { isViewAwarenessField, isViewField, readViewValue, viewAwarenessField } from '../rooms/view-fields.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import type { SpacesDriver } from '../runtime/spaces-driver.ts'
import { type ClusterView, isPresent, type SpaceRoster } from '../spaces/space-roster.ts'
import { changedFields } from './other-presence.ts'
import type { PresenceChanges } from './presence-changes.ts'
import { RemotePresence } from './remote-presence.ts'

export interface RoomViewOptions {
  /** The space tag of the room. */
  readonly space: string
  readonly driver: Pick<SpacesDriver, 'othersIn'>
  readonly notifications: AppNotifications
  readonly cluster: Pick<ClusterView, 'self'>
  readonly spaceRoster: SpaceRoster
  readonly memberOf: (id: string) => Member | undefined
}

export class RoomView {
  readonly members: OwnedStore<readonly Member[]>
  readonly #options: RoomViewOptions
  readonly #replica: Pick<RoomReplica, 'presence' | 'roster'>
  readonly #remotePresence: RemotePresence
  #memberList: readonly Member[] = []
  #isListStale = true

  constructor(options: RoomViewOptions, replica: Pick<RoomReplica, 'presence' | 'roster'>) {
    const { notifications } = options
    this.#options = options
    this.#replica = replica
    this.#remotePresence = new RemotePresence(notifications)
    this.members = createStore(notifications, () => this.#listMembers())
  }

  get others(): RemotePresence['store'] {
    return this.#remotePresence.store
  }

  /** Shows the changes of one step in both stores. @returns the updates that the app must receive */
  show(changes: PresenceChanges): PresenceUpdate[] {
    this.#isListStale ||= changes.hasWhole
    const updates = [...changes.fields].flatMap(([id, changed]) => {
      const fields = id === this.#options.cluster.self ? undefined : this.#showMember(id, changed)
      return fields ? [{ id, fields }] : []
    })
    this.members.refresh()
    this.others.refresh()
    return updates
  }

  /** The awareness of the other members and of their views in a document. */
  claimsIn(document: string): AwarenessClaims {
    return this.others
      .getSnapshot()
      .flatMap(({ id }) => (this.#isPresenceShown(id) ? this.#claimsOf(id, document) : []))
  }

  #claimsOf(member: string, document: string): AwarenessClaims {
    const { presence } = this.#replica
    const claim = readAwarenessClaim(presence.valueOf(member, awarenessField(document)))
    const own = claim ? [{ member, view: undefined, ...claim }] : []
    const views = this.#remotePresence.of(member)?.views ?? []
    if (views.length === 0) return own
    const ofViews = views.flatMap(({ id: view, slot, number }) => {
      const value = presence.valueOf(member, viewAwarenessField(slot, document))
      const claim = readAwarenessClaim(readViewValue(value, number))
      return claim ? [{ member, view, ...claim }] : []
    })
    return [...own, ...ofViews]
  }

  /**
   * @returns undefined: the app is not notified. Otherwise the names of the changed fields: none if the member appeared or
   * disappeared
   */
  #showMember(id: string, changed: ReadonlySet<string>): string[] | undefined {
    const generation = this.#replica.roster.of(id) && this.#generationOf(id)
    const shown = this.#remotePresence.of(id)
    if (generation === undefined) {
      this.#remotePresence.remove(id)
      return shown && []
    }
    if (generation !== shown?.generation) {
      this.#remotePresence.set(id, generation, this.#presenceOf(id))
      return []
    }
    const fields = [...changed].filter(name => !isReservedField(name))
    if (fields.length === 0 && ![...changed].some(isShownViewField)) return undefined
    const presence = this.#presenceOf(id)
    const hasViews = presence.views.length > 0 || shown.views.length > 0
    if (fields.length === 0 && !hasViews) return undefined
    const other = this.#remotePresence.set(id, generation, presence)
    if (!hasViews) return fields
    const differing = changedFields(shown.other, other)
    return differing.length > 0 ? differing : undefined
  }

  /** The presence that the app sees. */
  #presenceOf(id: string): MemberPresence {
    return this.#isPresenceShown(id) ? readPresence(this.#replica.presence.fieldsOf(id)) : noPresence
  }

  #isPresenceShown(id: string): boolean {
    return this.#options.spaceRoster.of(id)?.generation === this.#replica.presence.generationOf(id)
  }

  /** The generation in which the member is present; undefined if it is not present. */
  #generationOf(id: string): number | undefined {
    const membership = this.#options.spaceRoster.of(id)
    return membership && isPresent(membership) ? membership.generation : undefined
  }

  #listMembers(): readonly Member[] {
    const { cluster, space, driver, memberOf } = this.#options
    if (this.#isListStale) {
      this.#isListStale = false
      const members = [cluster.self, ...driver.othersIn(space)]
        .flatMap(id => memberOf(id) ?? [])
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      const isSame =
        members.length === this.#memberList.length && members.every((each, i) => each === this.#memberList[i])
      if (!isSame) this.#memberList = members
    }
    return this.#memberList
  }
}

function isShownViewField(name: string): boolean {
  return isViewField(name) && !isViewAwarenessField(name)
}
