/**
 * Verification queue: the bytes of each peer whose signatures are being verified, and the streams that wait for them.
 *
 * In a browser, verification is asynchronous, and a peer may send faster than this member verifies. Beyond 256 KiB of one
 * peer, the member stops reading each stream that brought some of the bytes. Yamux then stops the peer. The streams continue
 * one after the other when half of the bytes are verified, so the bound holds for all streams of the peer together. Below
 * 256 KiB, no stream ever waits.
 */
import type { Stream } from '@libp2p/interface'

/** Our choice: about 1,000 signatures, or the smallest window of a stream. */
export const maxVerifyingBytes = 262_144

interface Peer {
  bytes: number
  readonly waiting: Set<Stream>
}

export class VerificationQueue {
  readonly #peers = new Map<string, Peer>()

  /** Counts the bytes until the promise is settled. @returns the promise */
  add<T>(id: string, bytes: number, verified: Promise<T>): Promise<T> {
    const peer = this.#peers.get(id) ?? { bytes: 0, waiting: new Set() }
    this.#peers.set(id, peer)
    peer.bytes += bytes
    return verified.finally(() => {
      peer.bytes -= bytes
      for (const stream of peer.waiting) {
        if (peer.bytes > maxVerifyingBytes / 2) return
        peer.waiting.delete(stream)
        resume(stream)
      }
      if (peer.bytes === 0) this.#peers.delete(id)
    })
  }

  /** Call it after the stream has delivered bytes of the peer. @returns whether the stream now waits */
  mustWait(id: string, stream: Stream): boolean {
    const peer = this.#peers.get(id)
    if (!peer || peer.bytes <= maxVerifyingBytes) return false
    peer.waiting.add(stream)
    pauseSoon(stream, () => peer.waiting.has(stream))
    return true
  }
}

/**
 * Pauses in the next microtask: if a stream that just resumed pauses while it delivers, yamux grants the other end window all
 * the same, and the stream buffers until it is aborted.
 */
export function pauseSoon(stream: Stream, isWanted?: () => boolean): void {
  queueMicrotask(() => {
    if (stream.readStatus === 'readable' && isWanted?.() !== false) stream.pause()
  })
}

/** Data that arrived before the other end closed is still read. */
export function resume(stream: Stream): void {
  if (stream.readStatus !== 'paused') return
  try {
    stream.resume()
  } catch {
    // The stream was read to its end and is closed.
  }
}
