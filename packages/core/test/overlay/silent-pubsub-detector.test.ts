import { describe, expect, it } from 'vitest'
import { SilentPubsubDetector } from '../../src/overlay/silent-pubsub-detector.ts'

describe('mute watch', () => {
  it('gives up a connection that has been mute for five seconds, once', () => {
    const watch = new SilentPubsubDetector()
    expect([0, 2_000, 4_999, 5_000, 5_001].map(nowMs => watch.takeOverdue(['ada'], nowMs))).toEqual([
      [],
      [],
      [],
      ['ada'],
      [],
    ])
  })

  it('counts anew for a connection that spoke in between', () => {
    const watch = new SilentPubsubDetector()
    watch.takeOverdue(['ada', 'grace'], 0)
    watch.takeOverdue(['grace'], 3_000)
    expect(watch.takeOverdue(['ada', 'grace'], 5_000)).toEqual(['grace'])
    expect(watch.takeOverdue(['ada'], 10_000)).toEqual(['ada'])
  })
})
