/**
 * Frame budget: the memory of one member for unfinished frames, for each peer and in all.
 *
 * The end of a peer's frame may never arrive, so these bytes are bounded for each peer and for all peers
 * together.
 */
import * as limits from '../wire/limits.ts'

export interface FrameLimits {
  /** The first frame on a stream is a hello of about 30 bytes. */
  readonly maxFirstFrameBytes: number
  readonly firstFrameMs: number
  readonly unfinishedFrameMs: number
  readonly maxUnfinishedBytesPerStream: number
  readonly maxUnfinishedBytesPerPeer: number
  readonly maxUnfinishedBytes: number
}

export const frameLimits: FrameLimits = {
  maxFirstFrameBytes: 64,
  /** Our choice: as long as the admission may take. The hello travels with the negotiation of the stream. */
  firstFrameMs: 5_000,
  /** Our choice: the largest frame at 35 kB/s. */
  unfinishedFrameMs: 30_000,
  /** The largest frame, and the bytes before it that contain its length. */
  maxUnfinishedBytesPerStream: limits.maxFrameBytes + 4,
  /** Our choice: four frames of the largest size. An honest peer has one on each of four channels. */
  maxUnfinishedBytesPerPeer: 4 * limits.maxFrameBytes,
  /** Our choice: 16 peers at their bound. */
  maxUnfinishedBytes: 64 * limits.maxFrameBytes,
}

export class FrameBudget {
  readonly #peers = new Map<string, number>()
  #bytes = 0
  #aborted = 0

  /** Bytes of unfinished frames. */
  get bytes(): number {
    return this.#bytes
  }

  /** The number of streams that were aborted because of their unfinished frames. */
  get aborted(): number {
    return this.#aborted
  }

  countAborted(): void {
    this.#aborted += 1
  }

  /** The unfinished frames of this peer grow or shrink. @returns whether all bounds are kept */
  change(peer: string, byBytes: number): boolean {
    const bytes = (this.#peers.get(peer) ?? 0) + byBytes
    if (bytes > 0) this.#peers.set(peer, bytes)
    else this.#peers.delete(peer)
    this.#bytes += byBytes
    return bytes <= frameLimits.maxUnfinishedBytesPerPeer && this.#bytes <= frameLimits.maxUnfinishedBytes
  }
}
