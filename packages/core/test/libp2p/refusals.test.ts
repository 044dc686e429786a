import type { Connection } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { type RefusalReason, Refusals } from '../../src/libp2p/admission/refusals.ts'

const connection = (id: string, direction: Connection['direction'] = 'outbound', port = 4001) =>
  ({
    remotePeer: { toString: () => id },
    remoteAddr: { toString: () => `/ip4/192.0.2.1/tcp/${port}` },
    direction,
  }) as Connection

function refusals(hasSecret = true) {
  const lines: string[] = []
  return { lines, refusals: new Refusals({ hasSecret, hasAuthority: false, log: line => lines.push(line) }) }
}

describe('refusals', () => {
  it.each<[RefusalReason, boolean, string]>([
    [
      'not-accepted',
      true,
      "The peer at /ip4/192.0.2.1/tcp/4001 did not accept this member's secret. Give both ends the same secret and the same cluster name.",
    ],
    [
      'not-accepted',
      false,
      'The peer at /ip4/192.0.2.1/tcp/4001 did not accept this member, which has no secret. Give both ends the same cluster name. If the cluster has a secret, give it to this member. If its members are invited, join with a ticket.',
    ],
    [
      'unsupported',
      true,
      'The peer at /ip4/192.0.2.1/tcp/4001 does not know the admission of hearsay 2. Is it a hearsay member, and of this version?',
    ],
  ])('say in one line what happened and what to do: %s, with a secret: %s', (reason, hasSecret, line) => {
    const { lines, refusals: all } = refusals(hasSecret)
    all.report(connection('a'), reason, 0)
    expect(lines).toEqual([line])
    expect(all.lastDialled).toBe(line)
  })

  it('log a repeated refusal of one peer once a minute, and count each', () => {
    const { lines, refusals: all } = refusals()
    for (const nowMs of [0, 1_000, 59_000, 60_000, 61_000])
      all.report(connection('a', 'inbound', 50_000 + nowMs / 1_000), 'wrong-proof', nowMs)
    expect(lines).toHaveLength(2)
    expect(all.count).toBe(5)
    expect(all.of('a')?.atMs).toBe(61_000)
  })

  it('end when the peer is admitted', () => {
    const { refusals: all } = refusals()
    all.report(connection('a'), 'not-accepted', 0)
    all.admitted('a')
    expect([all.of('a'), all.lastDialled]).toEqual([undefined, undefined])
  })

  it('of peers that dialled this member are not its own fault', () => {
    const { refusals: all } = refusals()
    all.report(connection('a', 'inbound'), 'wrong-proof', 0)
    expect(all.lastDialled).toBeUndefined()
  })

  it('are kept for the last 256 peers', () => {
    const { refusals: all } = refusals()
    for (let i = 0; i < 300; i += 1) all.report(connection(`${i}`), 'no-proof', i)
    expect(all.of('43')).toBeUndefined()
    expect(all.of('44')).toBeDefined()
    expect(all.count).toBe(300)
  })
})
