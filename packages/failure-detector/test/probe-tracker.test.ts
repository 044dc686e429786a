import { expect, it } from 'vitest'
import { profiles } from '../src/parameters.ts'
import { SequenceNumbers } from '../src/probe-message.ts'
import { ProbeTracker } from '../src/probe-tracker.ts'

/** When an unanswered probe ends, if the host calls every `turnMs`. */
function endsMs(turnMs: number): number {
  const tracker = new ProbeTracker(profiles.lan, new SequenceNumbers(() => 0.5), {
    send: () => {},
    proxiesFor: () => [{ id: 'proxy', nackExpected: true }],
    receivedSince: () => false,
    acceptsProxyAck: () => true,
  })
  tracker.begin('subject', undefined, 1, 0)
  for (let nowMs = turnMs; nowMs < 60_000; nowMs += turnMs) {
    const lateMs = nowMs - tracker.nextMs()
    if (lateMs > 0) tracker.timerLate(lateMs)
    if (tracker.advance(nowMs).length > 0) return nowMs
  }
  return Number.POSITIVE_INFINITY
}

it.each([
  ['on time', 1, 1_000],
  // Due at 500, seen at 550, extended to 750, seen at 770; due at 1,270, seen at 1,320, extended to 1,520.
  ['every 110 ms', 110, 1_540],
  ['every 300 ms', 300, 2_400],
  ['every 450 ms', 450, 5_400],
])('called %s, it extends each stage once', (_, turnMs, expectedMs) => {
  expect(endsMs(turnMs)).toBe(expectedMs)
})

it('counts the missing nack of a proxy once, and again after the proxy has answered', () => {
  const sent: number[] = []
  const tracker = new ProbeTracker(profiles.lan, new SequenceNumbers(() => 0.5), {
    send: (_, message) => sent.push(message.seq),
    proxiesFor: () => [{ id: 'proxy', nackExpected: true }],
    receivedSince: () => false,
    acceptsProxyAck: () => true,
  })
  const probe = (atMs: number, proxyAnswers: boolean): number[] => {
    tracker.begin('subject', undefined, 1, atMs)
    tracker.advance(atMs + 500)
    if (proxyAnswers) tracker.nack('proxy', sent.at(-1) ?? 0)
    return tracker.advance(atMs + 1_000).map(({ penalty }) => penalty)
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
])('accepts a relayed ack only if the port accepts proxy acks: %s', (isAccepted, unanswered) => {
  const sent: number[] = []
  const tracker = new ProbeTracker(profiles.lan, new SequenceNumbers(() => 0.5), {
    send: (_, message) => sent.push(message.seq),
    proxiesFor: () => [{ id: 'proxy', nackExpected: true }],
    receivedSince: () => false,
    acceptsProxyAck: () => isAccepted,
  })
  tracker.begin('subject', undefined, 1, 0)
  tracker.advance(500)
  expect(tracker.ack('proxy', sent.at(-1) ?? 0, 600)).toBe(isAccepted)
  expect(tracker.advance(1_000)).toHaveLength(unanswered)
})

it.each([
  ['drop', (tracker: ProbeTracker) => tracker.drop('subject')],
  ['dropAll', (tracker: ProbeTracker) => tracker.dropAll()],
])('%s ends a probe without a result', (_, end) => {
  const tracker = new ProbeTracker(profiles.lan, new SequenceNumbers(() => 0), {
    send: () => {},
    proxiesFor: () => [],
    receivedSince: () => false,
    acceptsProxyAck: () => true,
  })
  tracker.begin('subject', undefined, 1, 0)
  end(tracker)
  expect([tracker.isProbing('subject'), tracker.nextMs()]).toEqual([false, Infinity])
  expect(tracker.ack('subject', 1, 100)).toBe(false)
  expect([tracker.advance(500), tracker.advance(1_000)]).toEqual([[], []])
})

it('counts the missing nack of a proxy again after the proxy was dropped', () => {
  const tracker = new ProbeTracker(profiles.lan, new SequenceNumbers(() => 0), {
    send: () => {},
    proxiesFor: () => [{ id: 'proxy', nackExpected: true }],
    receivedSince: () => false,
    acceptsProxyAck: () => true,
  })
  const probe = (atMs: number): number[] => {
    tracker.begin('subject', undefined, 1, atMs)
    tracker.advance(atMs + 500)
    return tracker.advance(atMs + 1_000).map(({ penalty }) => penalty)
  }
  expect([probe(0), probe(2_000)]).toEqual([[1], [0]])
  tracker.drop('proxy')
  expect(probe(4_000)).toEqual([1])
})

it('begins with a random sequence number below 2³¹', () => {
  const numbers = new SequenceNumbers(() => 0.5)
  expect([numbers.next(), numbers.next()]).toEqual([2 ** 30 + 1, 2 ** 30 + 2])
})
