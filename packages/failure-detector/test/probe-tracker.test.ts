import { expect, it } from 'vitest'
import { profiles } from '../src/parameters.ts'
import { SequenceNumbers } from '../src/probe-message.ts'
import { ProbeTracker } from '../src/probe-tracker.ts'

/** Of one probe that nobody answers, by somebody who is called every `turnMs`: when it ends. */
function endsMs(turnMs: number): number {
  const prober = new ProbeTracker(profiles.lan, new SequenceNumbers(() => 0.5), {
    send: () => {},
    proxiesFor: () => [{ id: 'helper', nackExpected: true }],
    receivedSince: () => false,
    acceptsProxyAck: () => true,
  })
  prober.begin('subject', undefined, 1, 0)
  for (let nowMs = turnMs; nowMs < 60_000; nowMs += turnMs) {
    const lateMs = nowMs - prober.nextMs()
    if (lateMs > 0) prober.timerLate(lateMs)
    if (prober.advance(nowMs).length > 0) return nowMs
  }
  return Number.POSITIVE_INFINITY
}

it.each([
  ['on time', 1, 1_000],
  // Due at 500, seen at 550, put off to 750, seen at 770; due at 1,270, seen at 1,320, put off to 1,520.
  ['every 110 ms', 110, 1_540],
  ['every 300 ms', 300, 2_400],
  ['every 450 ms', 450, 5_400],
])('called %s, it waits longer for answers, but not for ever', (_, turnMs, expectedMs) => {
  expect(endsMs(turnMs)).toBe(expectedMs)
})

it('blames itself once for a helper that never answers, and again when it has answered meanwhile', () => {
  const sent: number[] = []
  const prober = new ProbeTracker(profiles.lan, new SequenceNumbers(() => 0.5), {
    send: (_, message) => sent.push(message.seq),
    proxiesFor: () => [{ id: 'helper', nackExpected: true }],
    receivedSince: () => false,
    acceptsProxyAck: () => true,
  })
  const probe = (atMs: number, helperAnswers: boolean): number[] => {
    prober.begin('subject', undefined, 1, atMs)
    prober.advance(atMs + 500)
    if (helperAnswers) prober.nack('helper', sent.at(-1) ?? 0)
    return prober.advance(atMs + 1_000).map(({ penalty }) => penalty)
  }
  expect([false, false, true, false].map((answers, at) => probe(2_000 * at, answers))).toEqual([
    [1],
    [0],
    [0],
    [1],
  ])
})

it.each([
  [true, 0],
  [false, 1],
])('believes a helper that vouches for the subject while it may: %s', (mayVouch, unanswered) => {
  const sent: number[] = []
  const prober = new ProbeTracker(profiles.lan, new SequenceNumbers(() => 0.5), {
    send: (_, message) => sent.push(message.seq),
    proxiesFor: () => [{ id: 'helper', nackExpected: true }],
    receivedSince: () => false,
    acceptsProxyAck: () => mayVouch,
  })
  prober.begin('subject', undefined, 1, 0)
  prober.advance(500)
  expect(prober.ack('helper', sent.at(-1) ?? 0, 600)).toBe(mayVouch)
  expect(prober.advance(1_000)).toHaveLength(unanswered)
})
