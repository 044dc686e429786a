/** Holders of a document become equal, however the members of its room are connected. */
import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { runTopology } from '../topology/run-topology.ts'

/** `7` replays one seed. `1-500` runs a range of seeds, so that several processes can share many seeds. */
const asked = process.env['HEARSAY_SEED']?.split('-').map(Number)
/** The usual run omits the first ten seeds, because they take as long as the next thirty. */
const usual = size({ usual: [12, 15], long: [1, 2_000] })
const [first = 1, last = first] = asked ?? usual
/**
 * In this seed, only one pair of members can connect the two halves of the room, and no ring contains this
 * pair.
 */
const bridgeSeed = 144
/**
 * In this seed, a carrier and a holder cannot connect. Each of them has enough connections by the rings of the cluster, and the
 * second ring of the holders contains the pair.
 */
const untriedSeed = 20_068
const range = Array.from({ length: last - first + 1 }, (_, i) => first + i)
const seeds = asked ? range : [...new Set([...range, bridgeSeed, untriedSeed])]
/** Every how many seeds the idle check runs: its five idle minutes take longer than the rest of the test. */
const idleEvery = size({ usual: 6, long: 1 })
/** The usual run compares two runs of its first seed only, because a second run takes as long as the first one. */
const comparesAll = asked !== undefined || size({ usual: false, long: true })

describe('a room whose members cannot all connect to each other', () => {
  it.each(seeds)('agrees on documents, presence and configs, seed %d', { timeout: 600_000 }, async seed => {
    const trace = await runTopology(seed, { isIdleChecked: seed % idleEvery === 0 || asked !== undefined })
    if (comparesAll || seed === first)
      expect(await runTopology(seed, { isIdleChecked: false }), 'the trace of a second run').toBe(trace)
  })
})
