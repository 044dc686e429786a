/**
 * Secret: the cluster's secret, from a file or from the environment. Never from the command line, which all users of the
 * computer can read.
 */
import { firstLine } from './secret-file.ts'

export const secretVariable = 'HEARSAY_SECRET'

/** The first line of the file, or else the environment variable. Undefined: the cluster has no secret. */
export async function readSecret(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? process.env[secretVariable] : await firstLine('--secret-file', file, 'secret')
}
