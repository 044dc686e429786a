import { describe, expect, it } from 'vitest'
import { clockFact, PeerClocks } from '../../src/libp2p/peer-clocks.ts'

const epochMs = Date.UTC(2026, 0, 1)
const hourMs = 3_600_000

/** Peers whose clocks are ahead by these times, in milliseconds, one second after they connected. */
function clocks(...aheadMs: number[]): PeerClocks {
  const peers = new PeerClocks()
  for (const [i, ms] of aheadMs.entries()) peers.received(`peer ${i}`, epochMs + ms, { monotonicMs: 0 })
  return peers
}
const now = { monotonicMs: 1_000, epochMs: epochMs + 1_000 }

describe('the clocks of peers', () => {
  it('are no problem while they differ by at most a minute', () => {
    expect(clocks().problem(now)).toBeUndefined()
    expect(clocks(60_000).problem(now)).toBeUndefined()
    expect(clocks(60_000).aheadMs('peer 0', now)).toBe(0)
  })

  it.each([
    [[25 * hourMs], '1 day behind that of the connected member'],
    [[-2 * hourMs, -2 * hourMs, 0], '2 hours ahead of that of 3 connected members'],
    [[61_000], '1 minute behind that of the connected member'],
    [[-50 * hourMs], '2 days ahead of that of the connected member'],
  ])('with differences of %j ms name the local clock', (aheadMs, words) => {
    expect(clocks(...aheadMs).problem(now)?.text).toContain(`The clock of this machine is ${words}.`)
  })

  it('do not blame the local clock for one peer among several', () => {
    const peers = clocks(0, 24 * hourMs, 0)
    expect(peers.problem(now)).toBeUndefined()
    expect(peers.aheadMs('peer 1', now)).toBe(24 * hourMs)
    expect(peers.aheadMs('peer 0', now)).toBe(0)
  })

  it.each([[24 * hourMs], [-24 * hourMs]])(
    'do not blame the local clock for one peer of two, %d ms ahead',
    ms => {
      expect(clocks(0, ms).problem(now)).toBeUndefined()
      expect(clocks(ms, 0, 0, ms).problem(now)).toBeUndefined()
      expect(clocks(ms, ms, 0, ms).problem(now)).toBeDefined()
      expect(clocks(ms, ms).problem(now)).toBeDefined()
    },
  )

  it('show at once that the local clock was set', () => {
    expect(clocks(0, 0).problem({ monotonicMs: 1_000, epochMs: epochMs + hourMs })?.text).toContain(
      '1 hour ahead of',
    )
  })

  it('are forgotten with the connection', () => {
    const peers = clocks(hourMs)
    peers.closed('peer 0')
    expect(peers.problem(now)).toBeUndefined()
    expect(peers.aheadMs('peer 0', now)).toBe(0)
  })

  it('are explained for one member', () => {
    expect(clockFact(-2 * hourMs)).toBe('Its clock is 2 hours behind the clock of this machine.')
  })
})
