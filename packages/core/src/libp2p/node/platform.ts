/** The platform of Node, and `hearsay` on it. */
import type { Clock } from '../../base/clock.ts'
import type { HearsayInit, HearsayService } from '../hearsay-options.ts'
import type { Platform } from '../platform.ts'
import { hearsayOn } from '../service.ts'
import { nodeKeys } from './keys.ts'
import { hasLostAddress } from './lost-address.ts'
import { onNetworkChange } from './network-change-detector.ts'

/** setTimeout counts in 32 bits. */
const maxDelayMs = 2_147_483_647

/**
 * The driver's time. A timer calls back after the sockets have been read in its turn of the event loop: an answer that has
 * arrived is handled before its timeout.
 */
const clock: Clock = {
  now: () => ({ monotonicMs: performance.now(), epochMs: Math.max(0, Date.now()) }),
  setTimer(atMonotonicMs, callback) {
    const delayMs = Math.min(maxDelayMs, Math.max(0, atMonotonicMs - performance.now()))
    let immediate: ReturnType<typeof setImmediate> | undefined
    const timer = setTimeout(() => {
      immediate = setImmediate(callback)
    }, Math.ceil(delayMs))
    return () => {
      clearTimeout(timer)
      clearImmediate(immediate)
    }
  },
}

export const platform: Platform = { clock, keys: nodeKeys, followNetwork: onNetworkChange, hasLostAddress }

/**
 * hearsay as a libp2p service: a member of a cluster on a libp2p node of the app.
 *
 * The node needs no other service: hearsay has a gossipsub of its own and does not use identify. `node.services` contains
 * the {@link Cluster}, which joins when the node listens and leaves before it stops.
 *
 * @throws {InvalidOptionsError} an option is unusable; or, when the node is created, its key is not Ed25519
 */
export function hearsay(init: HearsayInit): HearsayService {
  return hearsayOn(init, platform)
}
