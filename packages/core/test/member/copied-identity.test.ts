import { describe, expect, it } from 'vitest'
import { CopiedIdentity } from '../../src/member/copied-identity.ts'

/** Two processes with one identity. Each answer takes the next incarnation, which reaches the other process immediately. */
class Pair {
  readonly sides = [new CopiedIdentity(), new CopiedIdentity()] as const
  readonly answeredMs: number[] = []
  incarnation = 1
  nowMs = 0

  /** The first process sends a record. */
  begin(): void {
    this.#announce(0)
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    for (;;) {
      const dueMs = Math.min(...this.sides.map(side => side.nextMs()))
      if (dueMs > untilMs) break
      this.nowMs = Math.max(this.nowMs, dueMs)
      for (const [i, side] of this.sides.entries())
        if (side.takeDue(this.nowMs) !== undefined) this.#announce(i)
    }
    this.nowMs = untilMs
  }

  #announce(i: number): void {
    this.answeredMs.push(this.nowMs)
    this.incarnation += 1
    const other = this.sides[i === 0 ? 1 : 0]
    if (other.recordArrived(this.incarnation, false, this.nowMs)) this.#announce(1 - i)
  }
}

describe('a copied identity', () => {
  it('is detected by both processes within seconds', () => {
    const pair = new Pair()
    pair.begin()
    pair.pass(3_000)
    expect(pair.sides.map(({ isCopied }) => isCopied)).toEqual([true, true])
  })

  it('is answered at most once per minute after some minutes, and stays detected', () => {
    const pair = new Pair()
    pair.begin()
    pair.pass(600_000)
    const before = pair.answeredMs.length
    pair.pass(3_600_000)
    expect(pair.answeredMs.length - before).toBeLessThanOrEqual(60)
    expect(pair.sides.map(({ isCopied }) => isCopied)).toEqual([true, true])
  })

  it('ends two and a half minutes after the last fact of the copy, and can start again', () => {
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

  it('is not detected after records of two earlier processes, which are answered immediately', () => {
    const copied = new CopiedIdentity()
    expect(copied.recordArrived(100, false, 0)).toBe(true)
    expect(copied.recordArrived(200, false, 10)).toBe(true)
    expect(copied.isCopied).toBe(false)
  })

  it('is not detected after many records of one earlier process, nor after one foreign record per minute', () => {
    const copied = new CopiedIdentity()
    for (let nowMs = 0; nowMs < 5; nowMs++) copied.recordArrived(100, false, nowMs)
    for (let i = 1; i < 5; i++) copied.recordArrived(100 + i, false, i * 60_000)
    expect(copied.isCopied).toBe(false)
  })

  it('gets an immediate answer when the copy leaves', () => {
    const copied = new CopiedIdentity()
    for (const incarnation of [2, 4, 6]) copied.recordArrived(incarnation, false, 0)
    expect(copied.recordArrived(6, true, 100)).toBe(true)
    expect(copied.takeDue(10_000)).toBeUndefined()
  })

  it('is answered with its latest incarnation', () => {
    const copied = new CopiedIdentity()
    for (const incarnation of [2, 4, 6]) copied.recordArrived(incarnation, false, 0)
    copied.recordArrived(9, false, 500)
    expect(copied.takeDue(1_000)).toBe(9)
  })
})
