/**
 * Room view: the members in one room and their presence, as the app sees them.
 *
 * - A member is shown once its announcement of documents has arrived, and never without its fields.
 * - Presence of another generation than the member's present one is hidden.
 * - The stores change only in `show`, which the handle calls at the end of a step.
 */
import type { PresenceUpdate } from '../api/room.ts'
import type { AwarenessClaims } from '../documents/presence-awareness.ts'
import type { Member } from '../member/member.ts'
import { awarenessField, isReservedField, readAwarenessClaim } from '../rooms/reserved-fields.ts'
import type { RoomReplica } from '../rooms/room-replica.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import type { SpacesDriver } from '../runtime/spaces-driver.ts'
import { type ClusterView, isPresent, type SpaceRoster } from '../spaces/space-roster.ts'
import type { Json } from '../wire/json.ts'
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

  /** Shows the changes of one step in both stores. @returns the updates of which the app is notified */
  show(changes: PresenceChanges): PresenceUpdate[] {
    this.#isListStale ||= changes.hasWhole
    const updates = [...changes.fields].flatMap(([id, changed]) => {
      if (id === this.#options.cluster.self) return []
      const fields = [...changed].filter(name => !isReservedField(name))
      return this.#showMember(id, fields.length > 0) ? [{ id, fields }] : []
    })
    this.members.refresh()
    this.others.refresh()
    return updates
  }

  /** The awareness of the other members in a document. */
  claimsIn(document: string): AwarenessClaims {
    const { presence } = this.#replica
    return this.others.getSnapshot().flatMap(({ id: member }) => {
      if (!this.#isPresenceShown(member)) return []
      const claim = readAwarenessClaim(presence.valueOf(member, awarenessField(document)))
      return claim ? [{ member, ...claim }] : []
    })
  }

  /** @returns whether the app is notified: the member appeared or disappeared, or has other fields */
  #showMember(id: string, areFieldsChanged: boolean): boolean {
    const generation = this.#replica.roster.of(id) && this.#generationOf(id)
    const isNewGeneration = generation !== this.#remotePresence.generationOf(id)
    if (generation === undefined) this.#remotePresence.remove(id)
    else if (isNewGeneration || areFieldsChanged) this.#remotePresence.set(id, generation, this.#fieldsOf(id))
    return isNewGeneration || (generation !== undefined && areFieldsChanged)
  }

  /** The fields that the app sees. */
  #fieldsOf(id: string): [string, Json][] {
    const fields = this.#isPresenceShown(id) ? this.#replica.presence.fieldsOf(id) : []
    return fields.filter(([name]) => !isReservedField(name))
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
