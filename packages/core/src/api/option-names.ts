/** Option names: every property of an options object must be known. A misspelt option is an error, never ignored. */
import { InvalidOptionsError } from './errors.ts'
import { nearestName } from './nearest-name.ts'

/** All names of an options type. A record, so that a missing name does not compile. */
export type OptionNames<O> = Readonly<Record<keyof O, true>>

/**
 * Checks that `options` is an object with known properties only.
 *
 * @param call the call that takes the options, such as `joinCluster`: the message begins with it
 * @param example valid options, for the message
 * @throws {InvalidOptionsError}
 */
export function checkOptionNames<O extends object>(
  call: string,
  options: O,
  names: OptionNames<O>,
  example: string,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new InvalidOptionsError(`${call}: give an object of options, like ${example}`)
  const known = Object.keys(names)
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const nearest = nearestName(name, known)
    const hint = nearest ? `did you mean '${nearest}'?` : `the options are ${known.join(', ')}`
    throw new InvalidOptionsError(`${call}: unknown option '${name}': ${hint}`)
  }
}
