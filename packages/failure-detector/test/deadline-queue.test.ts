import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeadlineQueue } from '../src/deadline-queue.ts'

const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key: fc.nat(12), dueMs: fc.nat(100) }),
  fc.record({ do: fc.constant('delete' as const), key: fc.nat(12), dueMs: fc.constant(0) }),
  fc.record({ do: fc.constant('take' as const), key: fc.constant(0), dueMs: fc.nat(100) }),
)

describe('DeadlineQueue', () => {
  it('behaves like a sorted list', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), steps => {
        const queue = new DeadlineQueue<number>()
        const model = new Map<number, number>()
        for (const { do: what, key, dueMs } of steps) {
          if (what === 'set') {
            queue.set(key, dueMs)
            model.set(key, dueMs)
          } else if (what === 'delete') {
            queue.delete(key)
            model.delete(key)
          } else {
            const taken = queue.takeDue(dueMs)
            const leastMs = Math.min(Infinity, ...model.values())
            if (leastMs > dueMs) expect(taken).toBeUndefined()
            else {
              expect(model.get(taken as number)).toBe(leastMs)
              model.delete(taken as number)
            }
          }
          expect(queue.nextMs()).toBe(Math.min(Infinity, ...model.values()))
          expect(new Set(queue.keys())).toEqual(new Set(model.keys()))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is empty after clear', () => {
    const queue = new DeadlineQueue<string>()
    queue.set('a', 1)
    queue.clear()
    expect([queue.has('a'), queue.nextMs(), queue.takeDue(9)]).toEqual([false, Infinity, undefined])
    queue.set('a', 2)
    expect([queue.has('a'), queue.nextMs(), queue.takeDue(9)]).toEqual([true, 2, 'a'])
  })
})
