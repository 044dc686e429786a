import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxObservers, type RefusedQuorum, Suspicion } from '../src/suspicion.ts'

const bounds = { minMs: 2_000, maxMs: 30_000, k: 3, refusedFloorMs: 500 }
const two: RefusedQuorum = { wanted: 2, counts: () => true }

describe('Suspicion', () => {
  it('scenario 1: each new observer moves the deadline earlier, and each counts once', () => {
    const suspicion = new Suspicion(bounds, 1_000)
    const deadlines = ['a', 'b', 'b', 'c', 'd', 'e'].map(observer => {
      suspicion.observe(observer, false, two, 1_000)
      return Math.round(suspicion.deadlineMs)
    })
    expect(deadlines).toEqual([31_000, 17_000, 17_000, 8_811, 3_000, 3_000])
    expect(suspicion.observers).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('ends refusedFloorMs after the first refusal once two observers were refused', () => {
    const suspicion = new Suspicion(bounds, 0)
    suspicion.observe('a', false, two, 0)
    suspicion.observe('a', true, two, 400)
    expect(suspicion.deadlineMs).toBe(30_000)
    suspicion.observe('b', true, two, 500)
    expect(suspicion.deadlineMs).toBe(900)
  })

  it('does not count a refused observer that the quorum excludes', () => {
    const suspicion = new Suspicion(bounds, 0)
    const quorum: RefusedQuorum = { wanted: 1, counts: id => id === 'me' }
    suspicion.observe('excluded', true, quorum, 0)
    expect(suspicion.deadlineMs).toBe(30_000)
    suspicion.observe('me', true, quorum, 100)
    expect(suspicion.deadlineMs).toBe(500)
  })

  it('keeps its deadline when the quorum excludes an observer later', () => {
    const suspicion = new Suspicion(bounds, 0)
    for (const observer of ['a', 'b']) suspicion.observe(observer, true, two, 0)
    expect(suspicion.deadlineMs).toBe(500)
    suspicion.tighten({ wanted: 2, counts: () => false })
    expect(suspicion.deadlineMs).toBe(500)
  })

  it('needs k confirmations, one of each observer, and every refused observer', () => {
    const suspicion = new Suspicion(bounds, 0)
    const needed = ['a', 'b', 'c', 'd', 'e'].map(observer => {
      const isNeeded = suspicion.isNeeded(observer, false)
      suspicion.observe(observer, false, two, 0)
      return isNeeded
    })
    expect(needed).toEqual([true, true, true, true, false])
    expect([suspicion.isNeeded('a', false), suspicion.isNeeded('a', true)]).toEqual([false, true])
  })

  it('stores as many confirmations as a parameter allows', () => {
    const k = maxObservers - 1
    const suspicion = new Suspicion({ ...bounds, k }, 0)
    for (let index = 0; index < k; index++) suspicion.observe(`o${index}`, false, two, 0)
    expect(suspicion.deadlineMs).toBeGreaterThan(2_000)
    suspicion.observe('last', false, two, 0)
    expect(suspicion.deadlineMs).toBe(2_000)
  })

  it('stores at most 16 observers', () => {
    const suspicion = new Suspicion(bounds, 0)
    for (let index = 0; index < 40; index++) suspicion.observe(`o${index}`, false, two, 0)
    expect(suspicion.observers).toHaveLength(16)
  })

  it('moves its deadline only earlier, and never before its lower bound', () => {
    const claims = fc.array(
      fc.record({ observer: fc.nat(20), refused: fc.boolean(), afterMs: fc.nat(2_000) }),
    )
    fc.assert(
      fc.property(claims, claims => {
        const suspicion = new Suspicion(bounds, 0)
        let nowMs = 0
        let earlierMs = suspicion.deadlineMs
        for (const { observer, refused, afterMs } of claims) {
          nowMs += afterMs
          suspicion.observe(`o${observer}`, refused, two, nowMs)
          expect(suspicion.deadlineMs).toBeLessThanOrEqual(earlierMs)
          expect(suspicion.deadlineMs).toBeGreaterThanOrEqual(bounds.refusedFloorMs)
          if (!claims.some(claim => claim.refused))
            expect(suspicion.deadlineMs).toBeGreaterThanOrEqual(bounds.minMs)
          earlierMs = suspicion.deadlineMs
        }
      }),
    )
  })
})
