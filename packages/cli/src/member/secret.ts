/**
 * Secret: the cluster's secret, from a file or from the environment. Never from the command line, which all users of the
 * computer can read.
 */
import { readFileSync } from 'node:fs'
import { UsageError } from '../usage-error.ts'

export const secretVariable = 'HEARSAY_SECRET'

/** The first line of the file, or else the environment variable. Undefined: the cluster has no secret. */
export function readSecret(file: string | undefined): string | undefined {
  if (file === undefined) return process.env[secretVariable]
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--secret-file: ${file} cannot be read: ${reason}`)
  }
}
