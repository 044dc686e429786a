import { describe, expect, it } from 'vitest'
import { SilentPubsubDetector } from '../../src/overlay/silent-pubsub-detector.ts'

describe('silent pubsub detector', () => {
  it('returns a connection that was silent for five seconds, once', () => {
    const detector = new SilentPubsubDetector()
    expect([0, 2_000, 4_999, 5_000, 5_001].map(nowMs => detector.takeOverdue(['ada'], nowMs))).toEqual([
      [],
      [],
      [],
      ['ada'],
      [],
    ])
  })

  it('restarts the time for a connection that had a stream in between', () => {
    const detector = new SilentPubsubDetector()
    detector.takeOverdue(['ada', 'grace'], 0)
    detector.takeOverdue(['grace'], 3_000)
    expect(detector.takeOverdue(['ada', 'grace'], 5_000)).toEqual(['grace'])
    expect(detector.takeOverdue(['ada'], 10_000)).toEqual(['ada'])
  })

  it('counts the connections of the last minute', () => {
    const detector = new SilentPubsubDetector()
    for (const nowMs of [0, 5_000]) detector.takeOverdue(['ada', 'grace'], nowMs)
    for (const nowMs of [10_000, 15_000]) detector.takeOverdue(['ada'], nowMs)
    expect([15_000, 64_999, 65_000, 75_000].map(nowMs => detector.recent(nowMs))).toEqual([3, 3, 1, 0])
  })
})
