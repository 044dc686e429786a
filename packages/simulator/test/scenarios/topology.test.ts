/** Holders of a document end equal, however the members of its room are connected. */
import { describe, expect, it } from 'vitest'
import { size } from '../size.ts'
import { runTopology } from '../topology/run-topology.ts'

/** One seed alone, to replay it. */
const only = process.env['HEARSAY_SEED']
/** The first ten take as long as the next thirty. */
const first = size({ usual: 11, long: 1 })
const count = size({ usual: 30, long: 2_000 })
/** Five idle minutes take longer than all that comes before them. */
const idleEvery = size({ usual: 6, long: 1 })
const seeds = only === undefined ? Array.from({ length: count }, (_, i) => first + i) : [Number(only)]

describe('a room whose members cannot all connect to each other', () => {
  it.each(seeds)('agrees on documents, presence and configs, seed %d', { timeout: 600_000 }, async seed => {
    const trace = await runTopology(seed, { isIdleChecked: seed % idleEvery === 0 || only !== undefined })
    expect(await runTopology(seed, { isIdleChecked: false }), 'the trace of a second run').toBe(trace)
  })
})
