/** Options and components of `hearsay`, the libp2p service. */

import type { ComponentLogger, Metrics, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Cluster } from '../api/cluster.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import { checkMemberOptions, type MemberOptions, memberOptionNames } from '../api/member-options.ts'
import { checkOptionNames, type OptionNames } from '../api/option-names.ts'
import { isDatastore } from './join-options.ts'
import type { TransportComponents } from './transport.ts'

const names: OptionNames<HearsayInit> = { ...memberOptionNames, datastore: true }

/** Checks the options of `hearsay`. @throws {InvalidOptionsError} */
export function checkHearsayInit(init: HearsayInit): void {
  checkOptionNames('hearsay', init, names, "{ cluster: 'atlas' }")
  checkMemberOptions(init)
  if (init.datastore !== undefined && !isDatastore(init.datastore))
    throw new InvalidOptionsError('datastore: give an interface-datastore')
}

/** Options of `hearsay`: those of every member, and its store. */
export interface HearsayInit extends MemberOptions {
  /**
   * Where to store incarnation, addresses of other members, documents and configs. The app opens and closes it. Not for the
   * identity, which is the node's private key.
   *
   * @default the node's own datastore
   */
  datastore?: Datastore
}

/** The parts of a libp2p node that the service uses. libp2p passes them. */
export interface HearsayComponents extends TransportComponents {
  /** The node's key, which is the member's identity. The node's key must be an Ed25519 key. */
  readonly privateKey: PrivateKey
  /** The node's datastore: the member's store, unless {@link HearsayInit.datastore} names another one. */
  readonly datastore: Datastore
  /** The node's logger. hearsay logs as the component `hearsay`. */
  readonly logger: ComponentLogger
  /** The metrics of the node. hearsay adds those of `docs/metrics.md`. @default none */
  readonly metrics?: Metrics
}

/** Creates the member of a node: what libp2p expects in its option `services`. */
export type HearsayService = (components: HearsayComponents) => Cluster
