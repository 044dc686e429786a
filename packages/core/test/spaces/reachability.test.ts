import { beforeEach, describe, expect, it } from 'vitest'
import { Reachability } from '../../src/spaces/reachability.ts'

const timeoutMs = 5_000

let reachability: Reachability

beforeEach(() => {
  reachability = new Reachability()
})

describe('a member is unreachable', () => {
  it('after a failed dial, which is reported as a change once', () => {
    expect([reachability.failed('a'), reachability.failed('a')]).toEqual([true, false])
    expect([reachability.isUnreachable('a'), reachability.isUnreachable('b')]).toEqual([true, false])
  })

  it('when it does not answer for five seconds after the first request', () => {
    reachability.expect('a', 1_000)
    reachability.expect('a', 4_000)
    expect(reachability.dueMs).toBe(1_000 + timeoutMs)
    expect(reachability.advance(1_000 + timeoutMs - 1)).toEqual([])
    expect(reachability.advance(1_000 + timeoutMs)).toHaveLength(1)
    expect(reachability.isUnreachable('a')).toBe(true)
    expect([reachability.dueMs, reachability.advance(1e9)]).toEqual([Number.POSITIVE_INFINITY, []])
  })

  it('at a time that depends on its own request', () => {
    for (const [i, id] of ['a', 'b', 'c'].entries()) reachability.expect(id, 1_000 * i)
    reachability.reset('a')
    reachability.expect('a', 2_500)
    expect(reachability.dueMs).toBe(1_000 + timeoutMs)
    reachability.advance(2_000 + timeoutMs)
    expect(['a', 'b', 'c'].map(id => reachability.isUnreachable(id))).toEqual([false, true, true])
    expect(reachability.dueMs).toBe(2_500 + timeoutMs)
  })

  it('until a message from it arrives, which is reported as a change once', () => {
    reachability.failed('a')
    expect([reachability.reset('a'), reachability.reset('a')]).toEqual([true, false])
    expect(reachability.isUnreachable('a')).toBe(false)
  })

  it('and then no answer is expected from it', () => {
    reachability.failed('a')
    reachability.expect('a', 0)
    expect(reachability.dueMs).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a member is not unreachable', () => {
  it('when it answered, or its connection closed, in time', () => {
    reachability.expect('a', 0)
    reachability.expect('b', 0)
    expect(reachability.reset('a')).toBe(false)
    reachability.closed('b')
    expect([reachability.dueMs, reachability.advance(1e9)]).toEqual([Number.POSITIVE_INFINITY, []])
  })
})
