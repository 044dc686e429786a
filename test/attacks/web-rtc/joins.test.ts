/** A short form of the joins over WebRTC of `pnpm attack --joins`. */
import { afterAll, describe, expect, it } from 'vitest'
import { skipsBrowser } from '../../browser/chromium.ts'
import { Clusters } from '../clusters.ts'
import { proofKinds } from '../proof-kinds.ts'
import { measureWebRTCJoins } from './joins.ts'
import { ways } from './order.ts'

const clusters = new Clusters(2)

afterAll(() => clusters.discard())

describe.skipIf(skipsBrowser)('a member in a page', { timeout: 300_000 }, () => {
  it('admits no stranger that reaches it by a relay or by WebRTC, and sends strangers no data', async () => {
    const joins = ways.length * proofKinds.length
    const figures = await measureWebRTCJoins(await clusters.current(), { joins })
    expect(figures).toMatchObject({ gotIn: 0, lost: 0, joins: { 'confidential values learned': 0 } })
    const {
      'circuits opened': circuits = 0,
      'WebRTC connections opened': connections = 0,
      'connections to the page left before it refused them': left = 0,
    } = figures.joins
    expect(circuits).toBeGreaterThan(0)
    expect(connections).toBeGreaterThan(0)
    expect(figures.refusedConnections).toBeGreaterThanOrEqual(circuits + connections - left)
  })
})
