/**
 * Leaked timer: a timer that libp2p leaves running when a node stops, for up to 1 s. The timer has no effect any more, but
 * keeps the process alive.
 *
 * The timer is an internal of libp2p. If a version of libp2p renames it, the timer is not stopped, and nothing else
 * changes.
 */
import type { AddressManager } from '@libp2p/interface-internal'

interface Internals {
  /** Waits until more listeners close, then writes into the peer store. */
  readonly _updatePeerStoreAddresses?: { stop?: () => void }
}

/** Call it while the node runs. @returns a function that stops the timer; call it once the node has stopped */
export function leakedTimer(addressManager: AddressManager): () => void {
  const { _updatePeerStoreAddresses: update }: Internals = Object(addressManager)
  return () => update?.stop?.()
}
