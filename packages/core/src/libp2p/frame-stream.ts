/**
 * Frame stream: writes frames to one member, and names the protocol of each channel. Frame reader reads them.
 *
 * Each frame follows its length; the first frame is a hello. A frame is written in one piece, so a small frame is one packet.
 * Frames that the other end does not read are buffered up to 4 frames of the largest size; then the stream is aborted.
 */
import type { Stream } from '@libp2p/interface'
import { encode as encodeVarint, encodingLength } from 'uint8-varint'
import type { Channel } from '../runtime/ports.ts'
import * as limits from '../wire/limits.ts'
import { asError } from '../wire/result.ts'

/** Names of hearsay's libp2p protocols. */
export const protocols: Readonly<Record<Channel, string>> = {
  probe: '/hearsay/probe/2.0.0',
  sync: '/hearsay/sync/2.0.0',
  space: '/hearsay/space/3.0.0',
  query: '/hearsay/query/1.0.0',
}

export const channels: readonly Channel[] = ['probe', 'sync', 'space', 'query']

/** Our choice: four frames of the largest size. */
const maxBufferBytes = 4 * limits.maxFrameBytes

/** The frame after its length. */
export function prefixed(frame: Uint8Array): Uint8Array {
  const lengthBytes = encodingLength(frame.length)
  const bytes = new Uint8Array(lengthBytes + frame.length)
  encodeVarint(frame.length, bytes)
  bytes.set(frame, lengthBytes)
  return bytes
}

/** Writes a frame. @returns whether the stream accepted it; if not, the stream is closed or aborted */
export function writeFrame(stream: Stream, bytes: Uint8Array): boolean {
  if (stream.status !== 'open' || stream.writeStatus !== 'writable') return false
  if (stream.writeBufferLength + bytes.length > maxBufferBytes) {
    stream.abort(new Error('the other end does not read'))
    return false
  }
  try {
    stream.send(bytes)
    return true
  } catch (error) {
    stream.abort(asError(error))
    return false
  }
}
