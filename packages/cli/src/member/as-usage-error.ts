/** Refused: what core refuses of what was asked, as one line for the caller to put right. */
import {
  InvalidOptionsError,
  InvalidValueError,
  ListenError,
  NotAllowedError,
  StorageError,
} from '@hearsay/core'
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
