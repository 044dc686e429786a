/** Wrong clock: a member changes the keys of the cluster while its clock is wrong, or after it was. */
import { NotAllowedError } from '@hearsay/core'
import { keyringKey, secretKey } from '@hearsay/core/host'
import { describe, expect, it } from 'vitest'
import { createSimulation, type Simulation } from '../../src/index.ts'

const dayMs = 86_400_000
const [first, second, third] = ['the first secret', 'the second secret', 'the third secret'].map(
  secret => `${secret} of the cluster`,
) as [string, string, string]
const fingerprintsOf = (...secrets: string[]) =>
  secrets.map(secret => keyringKey(secretKey('simulated', secret), 0).fingerprint)

const create = () =>
  createSimulation({ seed: 5, members: 4, start: 'warm', secret: () => first, invariants: 'off' })

/** The error of a call of the app, if it rejects. */
const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

async function keysOfAll(simulation: Simulation): Promise<string[][]> {
  await simulation.run(60_000)
  return simulation.members.map(({ keys }) => keys.map(({ fingerprint }) => fingerprint))
}

describe('a change of the keys by a member with a wrong clock', () => {
  it.each([
    ['400 days behind', -400 * dayMs],
    ['60 days ahead', 60 * dayMs],
  ])(
    'is refused while the clocks of connected members differ, and possible afterwards: %s',
    async (_, skewMs) => {
      const simulation = create()
      const { keyring } = simulation.member('m0').cluster
      await simulation.run(5_000)
      expect(await errorOf(keyring.add(second))).toBeUndefined()
      await simulation.run(5_000)
      simulation.skew('m0', skewMs)
      expect(await errorOf(keyring.add(third))).toBeInstanceOf(NotAllowedError)
      simulation.skew('m0', 0)
      expect(await keysOfAll(simulation)).toEqual(Array(4).fill(fingerprintsOf(first, second)))
      expect(await errorOf(keyring.add(third))).toBeUndefined()
      expect(await keysOfAll(simulation)).toEqual(Array(4).fill(fingerprintsOf(first, second, third)))
    },
  )

  it('while it was alone does not count, and does not keep its later changes from counting', async () => {
    const simulation = create()
    await simulation.run(5_000)
    for (const name of ['m1', 'm2', 'm3']) simulation.crash(name)
    await simulation.run(60_000)
    const { keyring } = simulation.member('m0').cluster
    simulation.skew('m0', 60 * dayMs)
    expect(await errorOf(keyring.add(second))).toBeUndefined()
    simulation.skew('m0', 0)
    const error = await errorOf(keyring.use(second))
    expect(error).toBeInstanceOf(NotAllowedError)
    expect(String(error)).toContain('wait until another member is connected')
    for (const name of ['m1', 'm2', 'm3']) simulation.restart(name)
    await simulation.run(60_000)
    expect(await errorOf(keyring.use(second))).toBeUndefined()
    expect(await keysOfAll(simulation)).toEqual(Array(4).fill(fingerprintsOf(second, first)))
  })
})
