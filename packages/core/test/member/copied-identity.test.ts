import { describe, expect, it } from 'vitest'
import { CopiedIdentity } from '../../src/member/copied-identity.ts'

/** Two processes with one identity; whichever answers takes the next incarnation, which reaches the other at once. */
class Pair {
  readonly sides = [new CopiedIdentity(), new CopiedIdentity()] as const
  readonly answeredMs: number[] = []
  incarnation = 1
  nowMs = 0

  /** One of them speaks first. */
  begin(): void {
    this.#speak(0)
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    for (;;) {
      const dueMs = Math.min(...this.sides.map(side => side.nextMs()))
      if (dueMs > untilMs) break
      this.nowMs = Math.max(this.nowMs, dueMs)
      for (const [i, side] of this.sides.entries()) if (side.takeDue(this.nowMs) !== undefined) this.#speak(i)
    }
    this.nowMs = untilMs
  }

  #speak(i: number): void {
    this.answeredMs.push(this.nowMs)
    this.incarnation += 1
    const other = this.sides[i === 0 ? 1 : 0]
    if (other.recordArrived(this.incarnation, false, this.nowMs)) this.#speak(1 - i)
  }
}

describe('a copied identity', () => {
  it('is known to both sides within seconds', () => {
    const pair = new Pair()
    pair.begin()
    pair.pass(3_000)
    expect(pair.sides.map(({ isCopied }) => isCopied)).toEqual([true, true])
  })

  it('is answered once a minute at most after some minutes, and stays known', () => {
    const pair = new Pair()
    pair.begin()
    pair.pass(600_000)
    const before = pair.answeredMs.length
    pair.pass(3_600_000)
    expect(pair.answeredMs.length - before).toBeLessThanOrEqual(60)
    expect(pair.sides.map(({ isCopied }) => isCopied)).toEqual([true, true])
  })

  it('is over two and a half minutes after the last sign of it, and begins anew', () => {
    const copied = new CopiedIdentity()
    for (const incarnation of [2, 4, 6]) copied.recordArrived(incarnation, false, 0)
    copied.heartbeatArrived(10_000)
    expect(copied.takeDue(159_999)).toBe(6)
    expect(copied.isCopied).toBe(true)
    copied.takeDue(160_000)
    expect(copied.isCopied).toBe(false)
    expect(copied.nextMs()).toBe(Infinity)
    expect(copied.recordArrived(8, false, 160_000)).toBe(true)
  })

  it('is not suspected because of two earlier lives, which are answered at once', () => {
    const copied = new CopiedIdentity()
    expect(copied.recordArrived(100, false, 0)).toBe(true)
    expect(copied.recordArrived(200, false, 10)).toBe(true)
    expect(copied.isCopied).toBe(false)
  })

  it('is not suspected because one earlier life said a lot, nor because of three in as many minutes', () => {
    const copied = new CopiedIdentity()
    for (let nowMs = 0; nowMs < 5; nowMs++) copied.recordArrived(100, false, nowMs)
    for (let i = 1; i < 5; i++) copied.recordArrived(100 + i, false, i * 60_000)
    expect(copied.isCopied).toBe(false)
  })

  it('has its goodbye answered at once', () => {
    const copied = new CopiedIdentity()
    for (const incarnation of [2, 4, 6]) copied.recordArrived(incarnation, false, 0)
    expect(copied.recordArrived(6, true, 100)).toBe(true)
    expect(copied.takeDue(10_000)).toBeUndefined()
  })

  it('is answered with regard to the latest that it said', () => {
    const copied = new CopiedIdentity()
    for (const incarnation of [2, 4, 6]) copied.recordArrived(incarnation, false, 0)
    copied.recordArrived(9, false, 500)
    expect(copied.takeDue(1_000)).toBe(9)
  })
})
