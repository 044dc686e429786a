/** Epoch name: identifies one epoch of a document on the wire. */
import { isCount } from './checks.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'
import type * as messages from './space-messages.ts'

export const epochIdBytes = 16

export interface EpochName {
  /** The number of compactions of the document before this epoch. */
  readonly number: number
  /** 16 bytes. */
  readonly id: Uint8Array
}

/** The id of the first epoch is all zeros and is not sent. */
export function encodeEpoch({ number, id }: EpochName): messages.Epoch {
  return { number, id: id.every(byte => byte === 0) ? new Uint8Array() : (id as Uint8Array<ArrayBuffer>) }
}

export function decodeEpoch(
  message: messages.Epoch | undefined,
): Result<EpochName | undefined, DecodeFailure> {
  if (!message) return ok(undefined)
  const { number } = message
  const id = message.id.length > 0 ? message.id : new Uint8Array(epochIdBytes)
  if (!isCount(number) || id.length !== epochIdBytes)
    return failed('invalid', `an epoch has a whole number and an id of ${epochIdBytes} bytes`)
  // Copy the bytes: a subarray would keep the whole received frame in memory.
  return ok({ number, id: id.slice() })
}
