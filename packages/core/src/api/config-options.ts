/** Config settings: the checked options of a shared config, with defaults filled in. */

import type { WriterList } from '../spaces/writer-rule.ts'
import type { ConfigOptions, ConfigSchema } from './config.ts'
import { checkWith } from './config-schema.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames, type OptionNames } from './option-names.ts'
import { areSameWriters, checkedWriters } from './writers.ts'

export interface ConfigSettings {
  readonly schema: ConfigSchema | undefined
  readonly writers: WriterList
  readonly retentionMs: number
}

const names: OptionNames<ConfigOptions> = { schema: true, writers: true, retentionMs: true }
const defaultRetentionMs = 30 * 86_400_000
const minRetentionMs = 60_000

/**
 * Checks the options and fills in the defaults.
 *
 * @param isMemberId whether a string is a member id. A view over a port leaves that to the member, because the check is large
 * @throws {InvalidOptionsError}
 */
export function configSettings(
  options: ConfigOptions<ConfigSchema | undefined>,
  isMemberId: (id: string) => boolean,
): ConfigSettings {
  checkOptionNames('config', options, names, '{ schema }, or none')
  const { schema, writers = 'anyone', retentionMs = defaultRetentionMs } = options
  checkWith(schema)
  if (!Number.isFinite(retentionMs) || retentionMs < minRetentionMs)
    throw new InvalidOptionsError(`retentionMs: give at least ${minRetentionMs} milliseconds`)
  return { schema, writers: checkedWriters(writers, isMemberId), retentionMs }
}

/**
 * Checks that a config that is already open is opened again with equal options: the same schema object, the same
 * writers in any order, and the same retention.
 *
 * @throws {InvalidOptionsError}
 */
export function checkSameSettings(name: string, open: ConfigSettings, again: ConfigSettings): void {
  const { schema, writers, retentionMs } = open
  if (schema !== again.schema || !areSameWriters(writers, again.writers) || retentionMs !== again.retentionMs)
    throw new InvalidOptionsError(`config: '${name}' is open with other options. Leave it first`)
}
