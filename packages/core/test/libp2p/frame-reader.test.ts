import type { Stream } from '@libp2p/interface'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FrameBudget, frameLimits } from '../../src/libp2p/frame-budget.ts'
import { readFrames, readNothing } from '../../src/libp2p/frame-reader.ts'
import { prefixed } from '../../src/libp2p/frame-stream.ts'
import { maxVerifyingBytes, VerificationQueue } from '../../src/libp2p/verification-queue.ts'
import * as limits from '../../src/wire/limits.ts'
import { FakeStream } from './fake-stream.ts'

class ReaderBench {
  readonly budget = new FrameBudget()
  readonly verification = new VerificationQueue()
  readonly received: number[] = []
  /** Ends the verification of each frame that is being verified. */
  readonly verifying: (() => void)[] = []
  isVerifiedLater = false
  /** Called for each frame. */
  onFrame: () => void = () => {}

  open(peer = 'ada'): FakeStream {
    const stream = new FakeStream()
    const { budget, verification } = this
    readFrames(stream as unknown as Stream, { budget, verification, peer, onFrame: f => this.#onFrame(f) })
    return stream
  }

  #onFrame({ length }: Uint8Array): void | Promise<void> {
    this.received.push(length)
    this.onFrame()
    if (this.isVerifiedLater) return new Promise(resolve => this.verifying.push(resolve))
  }

  /** Ends the verification of the oldest frames. */
  async verify(count: number): Promise<void> {
    for (const end of this.verifying.splice(0, count)) end()
    await vi.advanceTimersByTimeAsync(0)
  }

  /** A stream whose hello has arrived. */
  greeted(peer = 'ada'): FakeStream {
    const stream = this.open(peer)
    stream.receive(hello)
    return stream
  }
}

const hello = prefixed(new Uint8Array(30))
const largest = prefixed(new Uint8Array(limits.maxFrameBytes))
/** A frame of this many kilobytes. */
const kilobytes = (count: number) => prefixed(new Uint8Array(count * 1_024))
/** The start of a frame of the largest size. */
const part = (bytes: number) => largest.subarray(0, bytes)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the reader of a stream', () => {
  it('passes on each frame, however it arrives', () => {
    const bench = new ReaderBench()
    const stream = bench.open()
    stream.receive(
      Uint8Array.of(...hello, ...prefixed(new Uint8Array(3)), 5),
      new Uint8Array(4),
      new Uint8Array(1),
    )
    stream.receive(largest.subarray(0, 1_000), largest.subarray(1_000))
    expect(bench.received).toEqual([30, 3, 5, limits.maxFrameBytes])
    expect(stream.error).toBeUndefined()
    expect(bench.budget.bytes).toBe(0)
  })

  it('accepts a first frame of 64 bytes, and aborts at a longer one', () => {
    const bench = new ReaderBench()
    const stream = bench.open()
    stream.receive(prefixed(new Uint8Array(64)))
    expect(stream.error).toBeUndefined()
    const other = bench.open()
    other.receive(prefixed(new Uint8Array(65)))
    expect(other.error).toBe('the first frame is too long')
    expect(bench.budget).toMatchObject({ bytes: 0, aborted: 1 })
  })

  it('aborts at a first frame that is too long before it has arrived', () => {
    const bench = new ReaderBench()
    const stream = bench.open()
    stream.receive(part(66))
    expect(stream.error).toBe('the first frame is too long')
    expect(bench.budget).toMatchObject({ bytes: 0, aborted: 1 })
  })

  it('aborts if the first frame does not arrive within 5 s', () => {
    const bench = new ReaderBench()
    const silent = bench.open()
    const slow = bench.open()
    slow.receive(hello.subarray(0, 10))
    const greeted = bench.greeted()
    vi.advanceTimersByTime(frameLimits.firstFrameMs - 1)
    expect([silent.error, slow.error]).toEqual([undefined, undefined])
    vi.advanceTimersByTime(1)
    expect(silent.error).toBe('a frame was not finished in time')
    expect(slow.error).toBe('a frame was not finished in time')
    vi.advanceTimersByTime(600_000)
    expect(greeted.error).toBeUndefined()
    expect(bench.budget.aborted).toBe(2)
  })

  it('aborts if a frame is not finished within 30 s, even if bytes keep arriving', () => {
    const stream = new ReaderBench().greeted()
    stream.receive(part(10))
    for (let s = 0; s < 29; s++) {
      vi.advanceTimersByTime(1_000)
      stream.receive(new Uint8Array(10))
    }
    expect(stream.error).toBeUndefined()
    vi.advanceTimersByTime(1_000)
    expect(stream.error).toBe('a frame was not finished in time')
  })

  it('gives each frame 30 s of its own', () => {
    const stream = new ReaderBench().greeted()
    const frame = prefixed(new Uint8Array(100))
    stream.receive(frame.subarray(0, 50))
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(20_000)
      stream.receive(Uint8Array.of(...frame.subarray(50), ...frame.subarray(0, 50)))
    }
    expect(stream.error).toBeUndefined()
  })

  it('aborts beyond the bytes that one peer may leave unfinished, and frees them', () => {
    const bench = new ReaderBench()
    const bytes = limits.maxFrameBytes - 10
    const streams = Array.from({ length: 4 }, () => bench.greeted())
    for (const stream of streams) stream.receive(part(bytes))
    expect(streams.every(({ error }) => error === undefined)).toBe(true)
    const other = bench.greeted('bob')
    other.receive(part(bytes))
    const fifth = bench.greeted()
    fifth.receive(part(bytes))
    expect(fifth.error).toBe('too many bytes of unfinished frames')
    expect(other.error).toBeUndefined()
    for (const stream of [...streams, other]) stream.end()
    expect(bench.budget).toMatchObject({ bytes: 0, aborted: 1 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits beyond the bytes of a peer that are being verified, and goes on at half of them', async () => {
    const bench = new ReaderBench()
    const stream = bench.greeted()
    bench.isVerifiedLater = true
    for (let i = 0; i < 9; i++) stream.receive(kilobytes(32))
    expect(stream.readStatus).toBe('readable')
    await bench.verify(0)
    expect([stream.readStatus, bench.received.length]).toEqual(['paused', 10])
    for (let i = 0; i < 20; i++) stream.receive(kilobytes(32))
    await bench.verify(4)
    expect([stream.readStatus, bench.received.length]).toEqual(['paused', 10])
    await bench.verify(1)
    expect([stream.readStatus, bench.received.length]).toEqual(['paused', 30])
    await bench.verify(24)
    expect([stream.readStatus, stream.error]).toEqual(['readable', undefined])
    expect(bench.verifying).toEqual([])
  })

  it('waits if the other streams of its peer use up these bytes, and the streams go on one by one', async () => {
    const bench = new ReaderBench()
    const [first, second, third] = [bench.greeted(), bench.greeted(), bench.greeted()]
    const [silent, other] = [bench.greeted(), bench.greeted('bob')]
    bench.isVerifiedLater = true
    const frames = Array.from({ length: 9 }, () => kilobytes(32))
    for (const stream of [first, second, third, other]) {
      stream.receive(...frames.slice(0, stream === first ? 9 : 1))
      await bench.verify(0)
    }
    expect([first, second, third, silent, other].map(({ readStatus }) => readStatus)).toEqual([
      'paused',
      'paused',
      'paused',
      'readable',
      'readable',
    ])
    first.receive(...frames)
    second.receive(...frames)
    const { length } = bench.received
    await bench.verify(7)
    expect(bench.received.length).toBe(length + 9)
    expect([first, second].map(({ readStatus }) => readStatus)).toEqual(['paused', 'paused'])
    await bench.verify(10)
    expect(bench.received.length).toBe(length + 18)
    await bench.verify(30)
    expect([first, second, third].map(({ readStatus }) => readStatus)).toEqual([
      'readable',
      'readable',
      'readable',
    ])
  })

  it.each(['at once', 'later'])('aborts a stream if the verification of a frame fails %s', async when => {
    const stream = new FakeStream()
    const onFrame = ({ length }: Uint8Array): void | Promise<void> => {
      if (length === 30) return
      const error = new Error('the verifier failed')
      if (when === 'later') return Promise.reject(error)
      throw error
    }
    const budget = new FrameBudget()
    const verification = new VerificationQueue()
    readFrames(stream as unknown as Stream, { budget, verification, peer: 'ada', onFrame })
    stream.receive(hello, kilobytes(1))
    await vi.advanceTimersByTimeAsync(0)
    expect([stream.error, budget.aborted]).toEqual(['the verifier failed', 1])
  })

  it('handles frames that arrive at once in turns of 8 ms', () => {
    const bench = new ReaderBench()
    const stream = bench.greeted()
    let nowMs = 0
    const now = vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
    bench.onFrame = () => {
      nowMs += 3
    }
    const frames = Array.from({ length: 7 }, (_, i) => prefixed(new Uint8Array(i + 1)))
    stream.receive(Uint8Array.from([...frames, part(1_000)].flatMap(bytes => [...bytes])))
    const turns = [bench.received.length]
    for (let i = 0; i < 3; i++) {
      if (vi.getTimerCount() > 0) vi.advanceTimersToNextTimer()
      turns.push(bench.received.length)
    }
    now.mockRestore()
    expect(turns).toEqual([4, 7, 8, 8])
    expect(bench.received).toEqual([30, 1, 2, 3, 4, 5, 6, 7])
    expect([stream.error, bench.budget.bytes]).toEqual([undefined, 1_000])
  })

  it('never waits if the verification ends in the same turn', async () => {
    const bench = new ReaderBench()
    const stream = bench.greeted()
    bench.isVerifiedLater = true
    stream.receive(kilobytes(512))
    await bench.verify(1)
    expect(stream.readStatus).toBe('readable')
  })

  it('does not abort a stream that waits while a frame is unfinished', async () => {
    const bench = new ReaderBench()
    const stream = bench.greeted()
    bench.isVerifiedLater = true
    stream.receive(kilobytes(maxVerifyingBytes / 1_024 + 1), part(10))
    await vi.advanceTimersByTimeAsync(3 * frameLimits.unfinishedFrameMs)
    expect(stream.error).toBeUndefined()
    await bench.verify(1)
    await vi.advanceTimersByTimeAsync(frameLimits.unfinishedFrameMs)
    expect(stream.error).toBe('a frame was not finished in time')
  })

  it('aborts beyond the bytes that all peers together may leave unfinished', () => {
    const bench = new ReaderBench()
    const bytes = limits.maxFrameBytes - 10
    const fit = Math.floor(frameLimits.maxUnfinishedBytes / bytes)
    for (let i = 0; i < fit; i++) bench.greeted(`peer ${i}`).receive(part(bytes))
    const last = bench.greeted('last')
    last.receive(part(bytes))
    expect(last.error).toBe('too many bytes of unfinished frames')
  })
})

it('a stream that this member opened receives nothing', () => {
  const stream = new FakeStream()
  readNothing(stream as unknown as Stream)
  stream.receive(Uint8Array.of(1))
  expect(stream.error).toBe('unexpected frame')
})
