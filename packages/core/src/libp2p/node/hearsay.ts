import type { HearsayInit } from '../hearsay-options.ts'
import { type HearsayService, hearsayOn } from '../service.ts'
import { node } from './platform.ts'

/**
 * hearsay as a libp2p service: a member of a cluster on a node that the app has.
 *
 * @throws {InvalidOptionsError} an option; or, when the node is created, a key that is not Ed25519
 */
export function hearsay(init: HearsayInit): HearsayService {
  return hearsayOn(init, node)
}
