import { describe, expect, it } from 'vitest'
import { EndpointBackoff } from '../../src/libp2p/endpoint-backoff.ts'

class BackoffBench {
  readonly backoff = new EndpointBackoff()

  /** Dials if it is allowed. */
  dial(endpoint: string, nowMs: number): boolean {
    const isDue = this.backoff.isDue(endpoint, nowMs)
    if (isDue) this.backoff.dialled(endpoint, nowMs)
    return isDue
  }
}

describe('dials of one host and port', () => {
  it('are at most two in a minute, and become rarer', () => {
    const bench = new BackoffBench()
    const dialledS: number[] = []
    for (let s = 0; s < 1_200; s++) if (bench.dial('192.0.2.1 80', s * 1_000)) dialledS.push(s)
    expect(dialledS).toEqual([0, 5, 65, 185, 425, 665, 905, 1_145])
  })

  it('begin anew when a member was admitted there, or after 10 minutes', () => {
    const bench = new BackoffBench()
    bench.dial('a', 0)
    expect(bench.dial('a', 1)).toBe(false)
    expect(bench.backoff.succeeded('a')).toBe(true)
    expect(bench.backoff.succeeded('a')).toBe(false)
    expect(bench.dial('a', 2)).toBe(true)
    expect(bench.dial('a', 600_002)).toBe(true)
    expect(bench.dial('a', 605_002)).toBe(true)
    expect(bench.dial('a', 610_002)).toBe(false)
  })

  it('do not count for other ones', () => {
    const bench = new BackoffBench()
    expect(['a 1', 'a 2', 'b 1'].map(endpoint => bench.dial(endpoint, 0))).toEqual([true, true, true])
  })
})
