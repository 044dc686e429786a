/** The platform of a browser, and `hearsay` on it: of pages, and of workers, which have no document. */
import { systemClock } from '../../runtime/system-clock.ts'
import type { HearsayInit, HearsayService } from '../hearsay-options.ts'
import type { Platform } from '../platform.ts'
import { hearsayOn } from '../service.ts'
import { browserKeys } from './keys.ts'
import { followPage } from './page-lifecycle.ts'

export const platform: Platform = {
  // In the background its timers are late, which the failure detector notices.
  clock: systemClock,
  keys: browserKeys,
  ...('document' in globalThis && { followPage }),
}

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
