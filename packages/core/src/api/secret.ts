/** Secret: checks a secret that an app gives, and compares secrets. No message contains a secret, or a part of it. */
import { halfPairFault } from '../wire/text.ts'
import { InvalidOptionsError } from './errors.ts'

const minSecretLength = 16
const maxSecretLength = 1_024

/**
 * Checks that the secret is a well-formed string of 16 to 1,024 characters, or 16 to 1,024 bytes.
 *
 * @param option the name of the option: the message begins with it
 * @throws {InvalidOptionsError}
 */
export function checkSecret(option: string, secret: unknown): void {
  const isUsable = typeof secret === 'string' || secret instanceof Uint8Array
  if (!isUsable || secret.length < minSecretLength || secret.length > maxSecretLength)
    throw new InvalidOptionsError(
      `${option}: ${isUsable ? lengthFault(secret.length) : ''}give ${minSecretLength} to 1,024 random characters or bytes, such as the output of 'openssl rand -base64 32'`,
    )
  const fault = typeof secret === 'string' ? halfPairFault(secret) : undefined
  if (fault !== undefined) throw new InvalidOptionsError(`${option}: it ${fault}`)
}

const lengthFault = (length: number): string =>
  `the secret is too ${length < minSecretLength ? 'short' : 'long'}: `

/** The bytes that a secret stands for: of a string, its UTF-8 bytes. The result is a copy. */
export function secretBytes(secret: string | Uint8Array): Uint8Array {
  return typeof secret === 'string' ? new TextEncoder().encode(secret) : secret.slice()
}

/** Whether both are the same secret, or both are none. */
export function areSameSecrets(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a?.length === b?.length && (a ?? []).every((byte, i) => byte === b?.[i])
}
