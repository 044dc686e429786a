/** Config schema: checks whether a value is valid under a key, and yields the value that is read. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isPlainObject } from '../wire/checks.ts'
import type { Json } from '../wire/json.ts'
import type { ConfigSchema } from './config.ts'
import { InvalidOptionsError } from './errors.ts'

export type Checked =
  | { readonly type: 'valid'; readonly value: unknown }
  /** The schema's messages, each with the path of the invalid part. */
  | { readonly type: 'invalid'; readonly issues: readonly string[] }

export type CheckValue = (key: string, value: Json) => Checked

/** Makes the check of a schema; without a schema every value is valid. @throws {InvalidOptionsError} not a schema */
export function checkWith(schema: ConfigSchema | undefined): CheckValue {
  if (schema === undefined) return (_key, value) => ({ type: 'valid', value })
  if (isSchema(schema)) return (_key, value) => validate(schema, value)
  if (!isPlainObject(schema) || !Object.values(schema).every(isSchema))
    throw new InvalidOptionsError('schema: give a Standard Schema, or an object of one for each key')
  return (key, value) => {
    const own = Object.hasOwn(schema, key) ? schema[key] : undefined
    return own ? validate(own, value) : { type: 'invalid', issues: ['there is no such key in the schema'] }
  }
}

function validate(schema: StandardSchemaV1, value: Json): Checked {
  // The schema is the app's code and the value may come from any member: the schema may throw on it.
  try {
    const result = schema['~standard'].validate(value)
    // `instanceof Promise` would not suffice: a promise of another realm or library has no `issues`, and would pass
    // as valid.
    if ('then' in result) {
      Promise.resolve(result).catch(() => {})
      return { type: 'invalid', issues: ['the schema is asynchronous: a synchronous one is needed'] }
    }
    if (!result.issues) return { type: 'valid', value: result.value }
    return { type: 'invalid', issues: result.issues.map(sentenceOf) }
  } catch (error) {
    return { type: 'invalid', issues: [`the schema failed: ${String(error)}`] }
  }
}

function sentenceOf({ message, path = [] }: StandardSchemaV1.Issue): string {
  const location = path.map(part => String(typeof part === 'object' ? part.key : part)).join('.')
  return location === '' ? message : `${location}: ${message}`
}

function isSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return '~standard' in value
}
