import { expect, it } from 'vitest'
import { noLease } from '../src/attention.ts'
import type { Member, MemberState } from '../src/member-list.ts'
import { isDue } from '../src/probe-scheduler.ts'
import { Suspicion } from '../src/suspicion.ts'

const nowMs = 100_000
const quietForMs = 4_000
const member = (state: MemberState, times: Partial<Member> = {}): Member => ({
  id: 'a',
  incarnation: 1,
  state,
  receivedMs: nowMs - 10,
  probedMs: nowMs - 10,
  lease: noLease,
  probedNowMs: -Infinity,
  ...times,
})
const alive: MemberState = { type: 'alive' }
const suspicion = new Suspicion({ minMs: 1, maxMs: 2, k: 1, refusedFloorMs: 1 }, 0)

it.each([
  ['a stranger', undefined, 0, false],
  ['the dead', member({ type: 'dead', sinceMs: 0 }, { receivedMs: 0 }), 0, false],
  ['who left', member({ type: 'left' }, { receivedMs: 0 }), 0, false],
  ['a suspect that was just heard', member({ type: 'suspect', suspicion }), 0, true],
  ['who was just heard', member(alive), 0, false],
  ['who was just heard, in doubt of oneself', member(alive), 1, true],
  ['who is quiet', member(alive, { receivedMs: nowMs - quietForMs }), 0, true],
  [
    'who is quiet and excused',
    member(alive, { receivedMs: 0, lease: { untilMs: nowMs + 1, isFrozen: false } }),
    1,
    false,
  ],
  [
    'who is long excused',
    member(alive, { probedMs: nowMs - 32_000, lease: { untilMs: nowMs + 1, isFrozen: false } }),
    0,
    true,
  ],
  [
    'whose excuse has ended',
    member(alive, { receivedMs: 0, lease: { untilMs: nowMs, isFrozen: false } }),
    0,
    true,
  ],
])('a probe is due of %s: %#', (_, of, localHealth, expected) => {
  expect(isDue(of, quietForMs, localHealth, nowMs)).toBe(expected)
})
