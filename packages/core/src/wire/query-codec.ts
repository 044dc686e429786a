/**
 * Query codec: encodes and decodes the frames and rumors of queries, answers and broadcasts.
 *
 * Decoding never throws and enforces the limits for any bytes. Decoded facts have a valid form; their signatures are not
 * verified yet.
 */
import { decodeFacts, encodeEnvelope } from './fact-envelope.ts'
import * as limits from './limits.ts'
import { decodeQueryFact, type QueryFact } from './query-fact.ts'
import * as messages from './query-messages.ts'
import { type DecodeFailure, failed, guarded, type Result } from './result.ts'

/** One frame of the channel `query`; or, with one fact, the data of one gossipsub message. */
export function encodeQueryFrame(facts: readonly QueryFact[]): Uint8Array {
  return messages.QueryFrame.encode({ facts: facts.map(encodeEnvelope) })
}

/** The facts of a frame. Facts of unknown kinds are left out. */
export function decodeQueryFrame(bytes: Uint8Array): Result<QueryFact[], DecodeFailure> {
  return guarded<QueryFact[]>(bytes, limits.maxFrameBytes, () => {
    const { facts } = messages.QueryFrame.decode(bytes, { limits: { facts: limits.maxFactsPerMessage } })
    return decodeFacts(facts, decodeQueryFact)
  })
}

/** The query or broadcast of one gossipsub message; undefined for a kind of fact of a later version. */
export function decodeQueryRumor(bytes: Uint8Array): Result<QueryFact | undefined, DecodeFailure> {
  if (bytes.length > limits.maxRumorBytes)
    return failed('too-large', `${bytes.length} bytes, at most ${limits.maxRumorBytes}`)
  const decoded = decodeQueryFrame(bytes)
  if (!decoded.ok) return decoded
  const [fact, ...others] = decoded.value
  if (others.length > 0 || fact?.type === 'answer')
    return failed('invalid', 'a rumor has one query or broadcast')
  return { ok: true, value: fact }
}
