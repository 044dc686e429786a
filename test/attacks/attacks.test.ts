/** A short form of `pnpm attack`: the bounds that hold on a busy machine, too. */
import { afterAll, describe, expect, it } from 'vitest'
import { Clusters } from './clusters.ts'
import { measureJoins } from './joins.ts'
import { measure } from './measure.ts'

const clusters = new Clusters(6)

afterAll(() => clusters.discard())

describe('an attack', { timeout: 120_000 }, () => {
  it('admits nobody of 300 uninvited joins, and sends strangers no data of the cluster', async () => {
    const figures = await measureJoins(await clusters.current(), { joins: 300 })
    expect(figures).toMatchObject({ gotIn: 0, lost: 0, joins: { 'confidential values learned': 0 } })
    for (const route of ['TCP', 'WebSocket', 'relay'])
      expect(figures.joins[`joins over ${route}`]).toBeGreaterThan(0)
    expect(figures.refused['refusedConnections']).toBeGreaterThan(0)
  })

  it.each(['stranger', 'member'] as const)(
    'with made-up identities by a %s hides no newcomer and no crash',
    async asked => {
      const figures = await measure(await clusters.current(), { name: 'madeUpIdentities', asked })
      expect(figures).toMatchObject({ lost: 0, falseDeaths: 0 })
      expect(figures.damaged).toEqual({})
      expect(figures.seenMs).not.toBeNull()
      expect(figures.deadMs).not.toBeNull()
      expect(figures.counted['identities']).toBeGreaterThan(0)
      // The attacker itself is a member, if it has the secret.
      expect(figures.strangersSeen).toBeLessThanOrEqual(asked === 'member' ? 8 : 0)
    },
  )
})
