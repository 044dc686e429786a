/**
 * Lingering timers: two that libp2p and gossipsub leave running when a node stops, each for up to a second. They do
 * nothing any more, but keep the process alive.
 *
 * Both are internals. Where they have another name nothing is stopped, and nothing else changes.
 */
import type { GossipSub } from '@libp2p/gossipsub'
import type { AddressManager } from '@libp2p/interface-internal'

interface Internals {
  /** Of the address manager: waits for more listeners to close before it writes into its peer store. */
  readonly _updatePeerStoreAddresses?: { stop?: () => void }
  /** Of gossipsub, while it runs. */
  readonly status?: { readonly heartbeatTimeout?: ReturnType<typeof setTimeout> }
}

interface Components {
  readonly addressManager: AddressManager
  readonly pubsub: GossipSub
}

/** To be called while the node runs. @returns what stops them, once it has stopped */
export function leakedTimers({ addressManager, pubsub }: Components): () => void {
  const { _updatePeerStoreAddresses: update }: Internals = Object(addressManager)
  const { status }: Internals = Object(pubsub)
  return () => {
    update?.stop?.()
    clearTimeout(status?.heartbeatTimeout)
  }
}
