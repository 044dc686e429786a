/** A short run of every target: one round of the same inputs each time, and one of new inputs. `pnpm fuzz` runs longer. */
import { describe, expect, it } from 'vitest'
import { runRound } from './target.ts'
import { targets } from './targets.ts'

const newSeed = Date.now() % 1_000_000_000
const runs = { decoder: 200, machine: 10 }

describe.each([20_261_129, newSeed])('with seed %i', seed => {
  it.each(targets)('no input shows a fault of $name', async target => {
    const fault = await runRound(target, seed, runs[target.kind])
    const again = `again: pnpm fuzz --only ${target.name} --seed ${seed} --minutes 0.001`
    expect(fault && `${fault.message}\n${fault.input}\n${again}`).toBeUndefined()
  })
})
