import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { heavyLoss } from '../heavy-loss.ts'
import { deaths } from '../member-events.ts'
import { repeated } from '../repeated.ts'

const lengthMs = size({ usual: 40_000, long: 600_000 })

describe(`scenario 12: 64 members, each of whose links loses packets for ${lengthMs / 1_000} s`, () => {
  it.each([{ retransmitted: true }, { retransmitted: false }])(
    'with 30 % loss no member is declared dead: %o',
    async how => {
      const simulation = await repeated(() => heavyLoss({ seed: 12, lengthMs, rate: 0.3, ...how }))
      expect(deaths(simulation)).toEqual([])
    },
  )

  it.each([{ retransmitted: true }, { retransmitted: false }])(
    '30 s after a loss of 50 % every member that was declared dead is back: %o',
    async how => {
      await repeated(async () => {
        const simulation = await heavyLoss({ seed: 12, lengthMs, rate: 0.5, ...how })
        simulation.heal()
        await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
        return simulation
      })
    },
  )
})
