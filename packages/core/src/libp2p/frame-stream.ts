/**
 * Frame stream: one direction of frames to or from one member.
 *
 * Each frame is preceded by its length; the first is a hello. A frame is written at once and whole, so a small
 * one is one packet; what the other end does not take is bounded, then the stream is given up.
 */
import type { Stream } from '@libp2p/interface'
import { LengthPrefixedDecoder } from '@libp2p/utils'
import { encode as encodeVarint, encodingLength } from 'uint8-varint'
import { limits } from '../wire/limits.ts'

/** Four of the largest frames. */
const maxBufferBytes = 4 * limits.maxFrameBytes

export function prefixed(frame: Uint8Array): Uint8Array {
  const lengthBytes = encodingLength(frame.length)
  const bytes = new Uint8Array(lengthBytes + frame.length)
  encodeVarint(frame.length, bytes)
  bytes.set(frame, lengthBytes)
  return bytes
}

/** Whether it was taken. If not, the stream is gone. */
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
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    return false
  }
}

/** What took so long to take in is followed by a pause, our choice: a socket hands over megabytes in one go. */
const maxTurnMs = 8

/** Calls back with each frame. A frame beyond the limit ends the stream. */
export function readFrames(stream: Stream, onFrame: (frame: Uint8Array) => void): void {
  const decoder = new LengthPrefixedDecoder({
    maxBufferSize: maxBufferBytes,
    maxDataLength: limits.maxFrameBytes,
  })
  stream.addEventListener('message', ({ data }) => {
    const sinceMs = performance.now()
    try {
      for (const frame of decoder.decode(data)) onFrame(frame.subarray())
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
    if (performance.now() - sinceMs > maxTurnMs) pause(stream)
  })
  // Half-closed by the other end: there is nothing to say on it either.
  stream.addEventListener('remoteCloseWrite', () => {
    stream.close().catch(() => {})
  })
}

/** Until everything else that is due has had its turn. What came before the other end closed is still read. */
function pause(stream: Stream): void {
  if (stream.readStatus !== 'readable') return
  stream.pause()
  setTimeout(() => {
    if (stream.readStatus !== 'paused') return
    try {
      stream.resume()
    } catch {
      // It was read to its end, and nothing can be sent over it any more.
    }
  }, 0)
}
