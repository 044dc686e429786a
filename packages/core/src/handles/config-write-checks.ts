/** Config checks: keys, and whether an app may write a value. An app gets the same errors on a member and over a port. */
import type { CheckValue } from '../api/config-schema.ts'
import { InvalidValueError } from '../api/errors.ts'
import { checkBytes, checkKey, sharedValue } from '../api/shared-value.ts'
import { notWriterError } from '../api/writers.ts'
import { maxKeys } from '../config/key-capacity.ts'
import type { WriterList } from '../spaces/writer-rule.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'

/** Checks a key that an app reads, watches, writes or deletes. @throws {InvalidValueError} */
export function checkConfigKey(call: string, key: unknown): asserts key is string {
  checkKey(`${call}: the key`, key, limits.maxConfigKeyBytes)
}

/**
 * Checks a write.
 *
 * @param hasSpace whether the key is there already, or a new key can be added
 * @returns the value as JSON carries it
 * @throws {InvalidValueError}
 */
export function checkedEntry(
  key: string,
  value: unknown,
  check: CheckValue,
  hasSpace: (key: string) => boolean,
): Json {
  checkConfigKey('set', key)
  if (value === undefined)
    throw new InvalidValueError(`set: '${key}' is undefined: delete('${key}') removes it`)
  const { value: carried, bytes } = sharedValue('set', key, value)
  checkBytes(`set: the value of '${key}'`, bytes, limits.maxConfigValueBytes)
  const checked = check(key, carried)
  if (checked.type === 'invalid') throw new InvalidValueError(`set: '${key}': ${checked.issues.join('; ')}`)
  if (!hasSpace(key))
    throw new InvalidValueError(`set: there are ${maxKeys} keys already: put several values under one key`)
  return carried
}

/** Checks that this member is one of the writers of the config with this name. @throws {NotAllowedError} */
export function checkWriter(name: string, canWrite: boolean, writers: WriterList): void {
  if (!canWrite) throw notWriterError(`'${name}'`, 'its writers', writers)
}
