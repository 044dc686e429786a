/** Option names: options are an object, and each of its properties is known. A misspelt one is never ignored. */
import { InvalidOptionsError } from './errors.ts'
import { nearestName } from './nearest-name.ts'

/** All names there are. As a record, so that a name which is missing here does not compile. */
export type OptionNames<O> = Readonly<Record<keyof O, true>>

/**
 * @param call what takes the options, which begins the message: `joinCluster`
 * @param example of what to give
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
    const hint = nearest ? `did you mean '${nearest}'?` : `there are ${known.join(', ')}`
    throw new InvalidOptionsError(`${call}: unknown option '${name}': ${hint}`)
  }
}
