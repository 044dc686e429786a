/**
 * Machine effects: carries out the effects of the membership machine that leave the member: on the network, in the store and
 * in the app.
 *
 * The driver itself carries out the effects that lead back into the member, such as signing a fact.
 */
import type { MachineEffect } from '../member/machine-io.ts'
import { encodeProbe, encodeRumors, encodeSync } from '../wire/codec.ts'
import type { DriverHost, DriverListener, Transport } from './ports.ts'

export interface MachineEffectsOptions {
  readonly transport: Transport
  readonly host: DriverHost
  readonly listener: DriverListener
  /** Stores the policy facts. */
  readonly storePolicy: () => void
}

type OutboundEffect = Exclude<MachineEffect, { readonly type: 'sign' | 'persist' | 'changed' }>

const copiedText =
  'another process runs with this identity: was the storage copied? Stop one, and delete its copy of the storage'

export class MachineEffects {
  readonly #options: MachineEffectsOptions

  constructor(options: MachineEffectsOptions) {
    this.#options = options
  }

  execute(effect: OutboundEffect): void {
    const { transport, host, listener, storePolicy } = this.#options
    switch (effect.type) {
      case 'publish':
        transport.publish(encodeRumors(effect.facts))
        break
      case 'send-probe':
        transport.send(effect.to, 'probe', encodeProbe(effect.message))
        break
      case 'send-sync':
        transport.send(effect.to, 'sync', encodeSync(effect.message))
        break
      case 'dial':
        transport.dial(effect.id)
        break
      case 'dial-bootstrap':
        transport.dialBootstrap(effect.address)
        break
      case 'check-connection':
        transport.checkConnection(effect.id)
        break
      case 'disconnect':
        transport.disconnect(effect.id)
        break
      case 'set-addresses':
        transport.setAddresses(effect.id, effect.addresses)
        break
      case 'policy':
        storePolicy()
        listener.policyChanged(effect.fact)
        break
      case 'policy-ended':
        storePolicy()
        break
      case 'review-connections':
        transport.reviewConnections()
        break
      case 'persist-cached-peers':
        host.persistCachedPeers(effect.addresses)
        break
      case 'event':
        listener.event(effect.event)
        break
      case 'identity':
        host.log(effect.isCopied ? copiedText : 'no other process has this identity any more')
        listener.identityChanged(effect.isCopied)
        break
      case 'leave-acknowledged':
        listener.leaveAcknowledged()
        break
    }
  }
}
