/** The platform of a browser, and `hearsay` on it: of pages, and of workers, which have no document. */
import type { Clock } from '../../base/clock.ts'
import type { HearsayInit, HearsayService } from '../hearsay-options.ts'
import type { Platform } from '../platform.ts'
import { hearsayOn } from '../service.ts'
import { browserKeys } from './keys.ts'
import { followPage } from './page-lifecycle.ts'

/** setTimeout counts in 32 bits. */
const maxDelayMs = 2_147_483_647

/** The driver's time in a page. In the background its timers are late, which the failure detector notices. */
const clock: Clock = {
  now: () => ({ monotonicMs: performance.now(), epochMs: Date.now() }),
  setTimer(atMonotonicMs, callback) {
    const delayMs = Math.min(maxDelayMs, Math.max(0, atMonotonicMs - performance.now()))
    const timer = setTimeout(callback, Math.ceil(delayMs))
    return () => clearTimeout(timer)
  },
}

export const platform: Platform = {
  clock,
  keys: browserKeys,
  ...('document' in globalThis && { followPage }),
}

/**
 * hearsay as a libp2p service: a member of a cluster on a libp2p node of the app.
 *
 * The node needs the services `pubsub` (gossipsub) and `identify`. `node.services` then contains the {@link Cluster}, which
 * joins when the node listens and leaves before it stops.
 *
 * @throws {InvalidOptionsError} an option is unusable; or, when the node is created, its key is not Ed25519
 */
export function hearsay(init: HearsayInit): HearsayService {
  return hearsayOn(init, platform)
}
