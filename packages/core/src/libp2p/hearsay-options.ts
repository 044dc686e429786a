/** Options of `hearsay`, the libp2p service: those of every member, and where it keeps what outlives it. */

import type { Datastore } from 'interface-datastore'
import { InvalidOptionsError } from '../api/errors.ts'
import { checkMemberOptions, type MemberOptions, memberOptionNames } from '../api/member-options.ts'
import { checkOptionNames, type OptionNames } from '../api/option-names.ts'
import { isDatastore } from './join-options.ts'

const names: OptionNames<HearsayInit> = { ...memberOptionNames, datastore: true }

/** @throws {InvalidOptionsError} */
export function checkHearsayInit(init: HearsayInit): void {
  checkOptionNames('hearsay', init, names, "{ cluster: 'atlas' }")
  checkMemberOptions(init)
  if (init.datastore !== undefined && !isDatastore(init.datastore))
    throw new InvalidOptionsError('datastore: give an interface-datastore')
}

export interface HearsayInit extends MemberOptions {
  /** Where the incarnation and the addresses of others are kept. @default the node's own datastore */
  datastore?: Datastore
}
