/** Refused: what core refuses of what was asked, as one line for the caller to put right. */
import {
  InvalidOptionsError,
  InvalidValueError,
  ListenError,
  NotAllowedError,
  StorageError,
} from '@hearsay/core'
import { Refusal } from '../usage-error.ts'

const refusals = [InvalidOptionsError, InvalidValueError, ListenError, NotAllowedError, StorageError]

export async function orRefuse<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (refusals.some(kind => error instanceof kind)) throw new Refusal((error as Error).message)
    throw error
  }
}
