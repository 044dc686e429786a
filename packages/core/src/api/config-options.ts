/** Config settings: the checked options of a shared config, with defaults filled in. */

import type { ConfigOptions, ConfigSchema } from './config.ts'
import { checkWith } from './config-schema.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames, type OptionNames } from './option-names.ts'

export interface ConfigSettings {
  readonly schema: ConfigSchema | undefined
  readonly writers: 'anyone' | ReadonlySet<string>
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
  if (writers === 'anyone') return { schema, writers, retentionMs }
  if (!Array.isArray(writers)) throw new InvalidOptionsError("writers: give 'anyone' or a list of member ids")
  for (const id of writers)
    if (typeof id !== 'string' || !isMemberId(id))
      throw new InvalidOptionsError(
        `writers: '${String(id)}' is not a member id. Give ids like cluster.self.id`,
      )
  return { schema, writers: new Set(writers), retentionMs }
}

/**
 * Checks that a config that is already open is opened again with equal options: the same schema object, the same
 * writers in any order, and the same retention.
 *
 * @throws {InvalidOptionsError}
 */
export function checkSameSettings(name: string, open: ConfigSettings, again: ConfigSettings): void {
  const [writers, writersAgain] = [open, again].map(({ writers }) => [...writers].sort().join())
  const { schema, retentionMs } = open
  if (schema !== again.schema || writers !== writersAgain || retentionMs !== again.retentionMs)
    throw new InvalidOptionsError(`config: '${name}' is open with other options. Leave it first`)
}
