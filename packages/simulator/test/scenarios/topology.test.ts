/** Holders of a document become equal, however the members of its room are connected. */
import { describe, expect, it } from 'vitest'
import { size } from '../size.ts'
import { runTopology } from '../topology/run-topology.ts'

/** `7` replays one seed; `1-500` runs a share of many, so that several processes can run the rest. */
const asked = process.env['HEARSAY_SEED']?.split('-').map(Number)
/** The first ten take as long as the next thirty. */
const usual = size({ usual: [11, 16], long: [1, 2_000] })
const [first = 1, last = first] = asked ?? usual
/** Only one pair of members connects the two halves of the room, and the rings of neither half lead there. */
const bridgeSeed = 144
const range = Array.from({ length: last - first + 1 }, (_, i) => first + i)
const seeds = asked || range.includes(bridgeSeed) ? range : [...range, bridgeSeed]
/** Five idle minutes take longer than everything before them. */
const idleEvery = size({ usual: 6, long: 1 })

describe('a room whose members cannot all connect to each other', () => {
  it.each(seeds)('agrees on documents, presence and configs, seed %d', { timeout: 600_000 }, async seed => {
    const trace = await runTopology(seed, { isIdleChecked: seed % idleEvery === 0 || asked !== undefined })
    expect(await runTopology(seed, { isIdleChecked: false }), 'the trace of a second run').toBe(trace)
  })
})
