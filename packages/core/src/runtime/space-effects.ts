/**
 * Space effects: carries out the effects of the spaces that leave the member: on the network, and in its record.
 *
 * Messages of private rooms are sealed here, and nowhere else.
 */
import { framesOf, rumorsOf } from '../spaces/frame-packing.ts'
import type { PrivateRooms } from '../spaces/private-rooms.ts'
import type { SpaceMembers } from '../spaces/space-members.ts'
import type { SpacesEffect } from '../spaces/space-outbox.ts'
import { encodeSpaceFrame, encodeSpaceRumors, type FrameSeals } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import type { MembershipPort, Transport } from './ports.ts'

export interface SpaceEffectsOptions {
  readonly view: { readonly self: string }
  readonly transport: Transport
  readonly membership: MembershipPort
  readonly privateRooms: PrivateRooms
  readonly members: SpaceMembers
}

type OutboundEffect = Exclude<SpacesEffect, { readonly type: 'agreed' }>

export class SpaceEffects {
  readonly #options: SpaceEffectsOptions
  readonly #seals: FrameSeals

  constructor(options: SpaceEffectsOptions) {
    const { view, privateRooms } = options
    this.#options = options
    this.#seals = { sender: view.self, roomOf: space => privateRooms.of(space) }
  }

  execute(effect: OutboundEffect): void {
    const { transport, membership, view, privateRooms } = this.#options
    switch (effect.type) {
      case 'publish':
        this.#publish(effect.space, effect.facts)
        break
      case 'send-steps':
        for (const steps of framesOf(effect.steps))
          transport.send(effect.to, 'space', encodeSpaceFrame(steps, this.#seals))
        break
      case 'subscribe':
        transport.subscribe(effect.space)
        break
      case 'unsubscribe':
        transport.unsubscribe(effect.space)
        privateRooms.remove(effect.space)
        break
      case 'contact':
        membership.connectNow(effect.id)
        break
      case 'extra-peers':
        membership.setExtraPeers(effect.ids)
        break
      case 'announce':
        membership.announceSpaces(privateRooms.announced(view.self, effect.spaces))
        break
    }
  }

  /**
   * Publishes by pubsub, and also sends directly to connected members whose subscription has not arrived yet: the
   * record of a member that enters a space may arrive before its subscription.
   */
  #publish(space: string, facts: readonly SpaceFact[]): void {
    const { transport, privateRooms, members } = this.#options
    const room = privateRooms.of(space)
    for (const rumor of rumorsOf(facts)) transport.publish(encodeSpaceRumors(rumor, room), space)
    const subscribers = new Set(transport.subscribers(space))
    const notSubscribed = members.connectedIn(space).filter(id => !subscribers.has(id))
    if (notSubscribed.length === 0) return
    const frame = encodeSpaceFrame([{ space, facts }], this.#seals)
    for (const id of notSubscribed) transport.send(id, 'space', frame)
  }
}
