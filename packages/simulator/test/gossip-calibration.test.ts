/** The modelled gossipsub against the real one: the same members, links, delays and messages. */
import { beforeAll, describe, expect, it } from 'vitest'
import { gossipBytes } from '../src/gossip-frame.ts'
import { compare, tableOf } from './calibration/figures.ts'
import { startModelGossip } from './calibration/model-gossip.ts'
import { startRealGossip } from './calibration/real-gossip.ts'
import { fullMesh, rings, star, type Topology } from './calibration/topology.ts'
import { runTrial, type SpreadFigures, type TrialFigures } from './calibration/trial.ts'

const seeds = [1, 2, 3, 4, 5]
const spacingMs = 20

interface Case {
  readonly title: string
  readonly topology: Topology
  readonly real: TrialFigures
}

describe('gossip on the simulated network', () => {
  let cases: readonly Case[]

  beforeAll(async () => {
    cases = await Promise.all(
      [
        { title: '30 on 4 rings', topology: await rings(30) },
        { title: '15, each with each', topology: await fullMesh(15) },
        { title: '16, all linked to one', topology: await star(16) },
      ].map(async each => ({ ...each, real: await runTrial(startRealGossip, each.topology, spacingMs) })),
    )
  }, 120_000)

  it('matches gossipsub', async () => {
    for (const { title, topology, real } of cases) {
      const models = await Promise.all(
        seeds.map(seed => runTrial(startModelGossip(seed), topology, real.spacingMs)),
      )
      const comparisons = compare(real, models)
      console.log(`\n${tableOf(title, comparisons)}\n`)
      expect(comparisons.filter(({ agrees }) => !agrees)).toEqual([])
    }
  })

  it('counts the bytes that gossipsub sends', () => {
    for (const { real } of cases)
      for (const spread of [real.small, real.large])
        expect(controlBytes(spread) / spread.controlBytes).toBeCloseTo(1, 1)
  })

  it('does the same in a second run', async () => {
    for (const { topology } of cases)
      expect(await runTrial(startModelGossip(6), topology, spacingMs)).toEqual(
        await runTrial(startModelGossip(6), topology, spacingMs),
      )
  })
})

/** The bytes that the model counts for the frames that were really sent. */
function controlBytes({ ihaves, ihaveIds, iwants, iwantIds, idontwants }: SpreadFigures): number {
  const each = (type: 'ihave' | 'iwant', frames: number, ids: number): number =>
    frames === 0 ? 0 : frames * gossipBytes({ type, names: Array(Math.round(ids / frames)).fill('') })
  return (
    each('ihave', ihaves, ihaveIds) +
    each('iwant', iwants, iwantIds) +
    idontwants * gossipBytes({ type: 'idontwant', name: '' })
  )
}
