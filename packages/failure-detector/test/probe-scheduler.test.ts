import { expect, it } from 'vitest'
import { noLease } from '../src/attention.ts'
import type { Member, MemberState } from '../src/member-list.ts'
import { isDue } from '../src/probe-scheduler.ts'
import { Suspicion } from '../src/suspicion.ts'

const nowMs = 100_000
const sinceEvidenceMs = 4_000
const member = (state: MemberState, times: Partial<Member> = {}): Member => ({
  id: 'a',
  incarnation: 1,
  state,
  receivedMs: nowMs - 10,
  probedMs: nowMs - 10,
  lease: noLease,
  returnsWithinMs: 0,
  awaitedUntilMs: -Infinity,
  probedNowMs: -Infinity,
  ...times,
})
const alive: MemberState = { type: 'alive' }
const suspicion = new Suspicion({ minMs: 1, maxMs: 2, k: 1, refusedFloorMs: 1 }, 0)

it.each([
  ['an unknown member', undefined, 0, false],
  ['a dead member', member({ type: 'dead', sinceMs: 0 }, { receivedMs: 0 }), 0, false],
  ['a member that left', member({ type: 'left' }, { receivedMs: 0 }), 0, false],
  ['a suspect with recent evidence', member({ type: 'suspect', suspicion }), 0, true],
  ['a member with recent evidence', member(alive), 0, false],
  ['a member with recent evidence, at local health 1', member(alive), 1, true],
  ['a member without recent evidence', member(alive, { receivedMs: nowMs - sinceEvidenceMs }), 0, true],
  [
    'a member without recent evidence, with a lease',
    member(alive, { receivedMs: 0, lease: { untilMs: nowMs + 1, state: 'hidden', isFirst: false } }),
    1,
    false,
  ],
  [
    'a member with a lease, last probed eight evidence times ago',
    member(alive, {
      probedMs: nowMs - 32_000,
      lease: { untilMs: nowMs + 1, state: 'hidden', isFirst: false },
    }),
    0,
    true,
  ],
  [
    'a member whose lease has ended',
    member(alive, { receivedMs: 0, lease: { untilMs: nowMs, state: 'hidden', isFirst: false } }),
    0,
    true,
  ],
])('whether a probe is due: %s', (_, of, localHealth, expected) => {
  expect(isDue(of, sinceEvidenceMs, localHealth, nowMs)).toBe(expected)
})
