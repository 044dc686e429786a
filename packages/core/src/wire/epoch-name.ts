/** Epoch name: which epoch of a document something is about, as members name it. */
import { equalBytes } from './equal-bytes.ts'
import { isCount } from './is-count.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'
import type * as messages from './space-messages.ts'

export const epochIdBytes = 16

export interface EpochName {
  /** Counts the compactions of a document, from 0. */
  readonly number: number
  /** 16 bytes. */
  readonly id: Uint8Array
}

const noId = new Uint8Array(epochIdBytes)

/** The first epoch, whose id is zeros, is sent without it. */
export function encodeEpoch({ number, id }: EpochName): messages.Epoch {
  const isFirst = number === 0 && equalBytes(id, noId)
  return { number, id: isFirst ? new Uint8Array() : (id as Uint8Array<ArrayBuffer>) }
}

export function decodeEpoch(
  message: messages.Epoch | undefined,
): Result<EpochName | undefined, DecodeFailure> {
  if (!message) return ok(undefined)
  const { number, id } = message
  if (number === 0 && id.length === 0) return ok({ number, id: noId })
  if (!isCount(number) || id.length !== epochIdBytes)
    return failed('invalid', `an epoch has a whole number and an id of ${epochIdBytes} bytes`)
  // Copied: a view would keep the whole frame that it came in.
  return ok({ number, id: id.slice() })
}
