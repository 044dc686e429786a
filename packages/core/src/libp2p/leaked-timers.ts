/**
 * Leaked timers: two timers that libp2p and gossipsub leave running when a node stops, each for up to 1 s. These timers
 * have no effect after the stop, but they keep the process alive.
 *
 * The fields of the timers are internals of libp2p and gossipsub. If a version renames them, nothing is stopped, and
 * nothing else changes.
 */
import type { GossipSub } from '@libp2p/gossipsub'
import type { AddressManager } from '@libp2p/interface-internal'

interface Internals {
  /** Timer of the address manager: waits until more listeners close, then writes into the peer store. */
  readonly _updatePeerStoreAddresses?: { stop?: () => void }
  /** State of gossipsub while it runs. */
  readonly status?: { readonly heartbeatTimeout?: ReturnType<typeof setTimeout> }
}

interface Components {
  readonly addressManager: AddressManager
  readonly pubsub: GossipSub
}

/** Call it while the node runs. @returns a function that stops the timers; call it once the node has stopped */
export function leakedTimers({ addressManager, pubsub }: Components): () => void {
  const { _updatePeerStoreAddresses: update }: Internals = Object(addressManager)
  const { status }: Internals = Object(pubsub)
  return () => {
    update?.stop?.()
    clearTimeout(status?.heartbeatTimeout)
  }
}
