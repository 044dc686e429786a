/** Options of `hearsay`, the libp2p service: those of every member, and where it keeps what outlives it. */
import { InvalidOptionsError } from '../api/errors.ts'
import { checkMemberOptions, memberOptionNames } from '../api/member-options.ts'
import { checkOptionNames, type OptionNames } from '../api/option-names.ts'
import { isDatastore } from './join-options.ts'
import type { HearsayInit } from './service.ts'

const names: OptionNames<HearsayInit> = { ...memberOptionNames, datastore: true }

/** @throws {InvalidOptionsError} */
export function checkHearsayInit(init: HearsayInit): void {
  checkOptionNames('hearsay', init, names, "{ cluster: 'atlas' }")
  checkMemberOptions(init)
  if (init.datastore !== undefined && !isDatastore(init.datastore))
    throw new InvalidOptionsError('datastore: give an interface-datastore')
}
