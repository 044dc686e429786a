import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { deaths } from '../member-events.ts'
import { repeated } from '../repeated.ts'
import { deathsOfTheHealthy, stopAndGo } from '../stop-and-go.ts'

const lengthMs = size({ usual: 150_000, long: 600_000 })
const minutes = lengthMs / 60_000

describe('scenario 11: 4 of 32 members pause again and again', () => {
  it.each(['shipped', 'plain-swim'] as const)(
    `for 3 s in every 4 s, for ${minutes} minutes: no member is declared dead, detector as %s`,
    async detector => {
      const simulation = await repeated(() =>
        stopAndGo({ seed: 11, lengthMs, stopMs: 3_000, everyMs: 4_000, detector }),
      )
      expect(deaths(simulation)).toEqual([])
    },
  )

  it(`for 9 s in every 10 s, with 30 % loss, for ${minutes} minutes: no healthy member is declared dead, and some are under plain SWIM`, async () => {
    const hard = { seed: 11, lengthMs, stopMs: 9_000, everyMs: 10_000, lossRate: 0.3 }
    const shipped = await repeated(() => stopAndGo(hard))
    const plain = await repeated(() => stopAndGo({ ...hard, detector: 'plain-swim' }))
    expect(deathsOfTheHealthy(shipped)).toEqual([])
    expect(deathsOfTheHealthy(plain)).not.toEqual([])
  })
})
