/**
 * Frame reader: the frames of one stream, each after its length.
 *
 * A reader keeps at most one unfinished frame. The first frame is small and arrives soon, and no frame stays unfinished for
 * longer than 30 s (frame-budget.ts). A stream beyond a bound is aborted. A stream waits while too much of its peer is being
 * verified (verification-queue.ts).
 */
import type { Stream } from '@libp2p/interface'
import { LengthPrefixedDecoder } from '@libp2p/utils'
import { encodingLength } from 'uint8-varint'
import * as limits from '../wire/limits.ts'
import { asError } from '../wire/result.ts'
import { type FrameBudget, frameLimits } from './frame-budget.ts'
import { startPeerDeadline } from './peer-deadline.ts'
import { pauseSoon, resume, type VerificationQueue } from './verification-queue.ts'

/**
 * After handling frames for this long, the reader pauses, because a socket can deliver megabytes at once: thousands of short
 * frames. The remaining frames are handled in the next turns. Our choice.
 */
const maxTurnMs = 8
const nothing = new Uint8Array()
/** The most that arrives at once: libp2p's buffer of a stream that was paused. */
const maxArrivedBytes = 4 * limits.maxFrameBytes

export interface FrameReaderOptions {
  /** Memory for unfinished frames of all streams. */
  readonly budget: FrameBudget
  /** The frames of all streams that are being verified. */
  readonly verification: VerificationQueue
  /** Id of the other end. */
  readonly peer: string
  /** Returns a promise if the frame is verified later. */
  readonly onFrame: (frame: Uint8Array) => void | Promise<void>
}

/** Calls back with each frame of the stream. */
export function readFrames(stream: Stream, options: FrameReaderOptions): void {
  new FrameReader(stream, options).start()
}

/** The other end of this stream has nothing to send. */
export function readNothing(stream: Stream): void {
  stream.addEventListener('message', () => stream.abort(new Error('unexpected frame')))
  closeWithOtherEnd(stream)
}

class FrameReader {
  readonly #stream: Stream
  readonly #options: FrameReaderOptions
  readonly #decoder = new LengthPrefixedDecoder({
    maxBufferSize: maxArrivedBytes + frameLimits.maxUnfinishedBytesPerStream,
    maxDataLength: limits.maxFrameBytes,
  })
  #isFirst = true
  /** Bytes that arrived and were not handled as frames. */
  #remainingBytes = 0
  /** The bytes of an unfinished frame, which count in the budget; 0 while complete frames wait for their turn. */
  #unfinishedBytes = 0
  #endTimer: (() => void) | undefined
  /** When the stream or its unfinished frame must be complete. */
  #deadlineMs = Number.POSITIVE_INFINITY

  constructor(stream: Stream, options: FrameReaderOptions) {
    this.#stream = stream
    this.#options = options
  }

  start(): void {
    const stream = this.#stream
    this.#setDeadline(frameLimits.firstFrameMs)
    stream.addEventListener('message', ({ data }) => this.#receive(data))
    stream.addEventListener('close', () => {
      this.#endTimer?.()
      this.#setUnfinished(0)
      this.#deadlineMs = Number.POSITIVE_INFINITY
    })
    closeWithOtherEnd(stream)
  }

  #receive(data: Parameters<LengthPrefixedDecoder['decode']>[0]): void {
    const sinceMs = performance.now()
    const { verification, peer, onFrame } = this.#options
    let isVerifying = data === nothing
    let isFinished = false
    let isLong = false
    this.#remainingBytes += data.byteLength
    try {
      for (const frame of this.#decoder.decode(data)) {
        const { length } = frame
        this.#remainingBytes -= encodingLength(length) + length
        if (this.#isFirst && length > frameLimits.maxFirstFrameBytes)
          throw new Error('the first frame is too long')
        this.#isFirst = false
        isFinished = true
        const verified = onFrame(frame.subarray())
        if (verified) {
          isVerifying = true
          verification.add(peer, length, verified).catch(this.#abort)
        }
        isLong = performance.now() - sinceMs > maxTurnMs
        if (isLong) break
      }
      if (isLong) this.#setUnfinished(0)
      else this.#keepBounds(isFinished)
    } catch (error) {
      this.#abort(error)
    }
    const mustWait = isVerifying && verification.mustWait(peer, this.#stream)
    if (isLong) {
      pauseSoon(this.#stream)
      setTimeout(() => this.#receive(nothing))
    } else if (data === nothing && !mustWait) resume(this.#stream)
  }

  #keepBounds(isFinished: boolean): void {
    if (this.#stream.status !== 'open' && this.#stream.status !== 'closing') return
    const hadUnfinished = this.#unfinishedBytes > 0
    const unfinishedBytes = this.#remainingBytes
    const isWithinBudget = this.#setUnfinished(unfinishedBytes)
    // The limit is one byte more than the first frame, because the frame's length precedes it.
    if (this.#isFirst && unfinishedBytes > frameLimits.maxFirstFrameBytes + 1)
      this.#abort(new Error('the first frame is too long'))
    else if (!isWithinBudget) this.#abort(new Error('too many bytes of unfinished frames'))
    else if (this.#isFirst) return
    else if (unfinishedBytes === 0) this.#deadlineMs = Number.POSITIVE_INFINITY
    else if (isFinished || !hadUnfinished) this.#setDeadline(frameLimits.unfinishedFrameMs)
  }

  #setUnfinished(bytes: number): boolean {
    const { budget, peer } = this.#options
    const change = bytes - this.#unfinishedBytes
    this.#unfinishedBytes = bytes
    return (change === 0 || budget.change(peer, change)) && bytes <= frameLimits.maxUnfinishedBytesPerStream
  }

  /**
   * Does not restart a timer that fires before the new deadline: when it fires, it is set again for the remaining time.
   */
  #setDeadline(ms: number): void {
    const isEarlier = performance.now() + ms < this.#deadlineMs
    this.#deadlineMs = performance.now() + ms
    if (this.#endTimer && !isEarlier) return
    this.#endTimer?.()
    this.#startTimer(ms)
  }

  #startTimer(ms: number): void {
    this.#endTimer = startPeerDeadline(ms, () => {
      this.#endTimer = undefined
      const nowMs = performance.now()
      if (this.#deadlineMs === Number.POSITIVE_INFINITY) return
      if (nowMs < this.#deadlineMs) this.#startTimer(this.#deadlineMs - nowMs)
      // The rest of the frame may have arrived.
      else if (this.#stream.readStatus === 'paused') this.#setDeadline(frameLimits.unfinishedFrameMs)
      else this.#abort(new Error('a frame was not finished in time'))
    })
  }

  readonly #abort = (error: unknown): void => {
    this.#options.budget.countAborted()
    this.#stream.abort(asError(error))
  }
}

/** The other end closed its direction. This end writes nothing on this stream, so it closes as well. */
function closeWithOtherEnd(stream: Stream): void {
  stream.addEventListener('remoteCloseWrite', () => {
    stream.close().catch(() => {})
  })
}
