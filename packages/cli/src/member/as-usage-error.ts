/** Turns an error of core about the given options into a usage error: one line that the caller can act on. */
import {
  InvalidOptionsError,
  InvalidValueError,
  ListenError,
  NotAllowedError,
  StorageError,
} from '@hearsay/core/app'
import { UsageError } from '../usage-error.ts'

const usageErrors = [InvalidOptionsError, InvalidValueError, ListenError, NotAllowedError, StorageError]

export async function asUsageError<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (usageErrors.some(kind => error instanceof kind)) throw new UsageError((error as Error).message)
    throw error
  }
}
