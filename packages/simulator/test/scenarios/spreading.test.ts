import { heartbeatIntervalMs } from '@hearsay/core/host'
import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { repeated } from '../repeated.ts'
import { sentOver } from '../sent-over.ts'

describe('spreading', () => {
  it('scenario 27: if gossipsub drops everything for a minute, anti-entropy alone spreads the update', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 27, members: 32 })
      simulation.dropGossip(60_000)
      const m3 = simulation.member('m3')
      m3.cluster.update({ tags: { news: 'good' } })
      simulation.add()
      simulation.crash('m7')
      const isKnown = () =>
        simulation.running.every(({ machine }) => machine.member(m3.id)?.tags['news'] === 'good')
      await simulation.runUntil(() => isKnown() && simulation.isConverged(), { withinMs: 60_000 })
      return simulation
    })
  })

  it('scenario 28: with a budget of 1 kB and one member whose record is 16 kB, every record arrives', async () => {
    await repeated(async () => {
      const simulation = createSimulation({ seed: 28, members: 24, tuning: { maxDeltaBytes: 1_024 } })
      simulation.dropGossip(60_000)
      const spaces = Array.from({ length: 250 }, (_, i) => ({
        space: `${i}`.padStart(24, '0'),
        generation: i,
      }))
      const tags = Object.fromEntries(
        Array.from({ length: 32 }, (_, i) => [`${i}`.padEnd(64), 'x'.repeat(256)]),
      )
      const large = simulation.member('m5')
      large.driver.handle({ type: 'local-change', change: { spaces, tags } })
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      const knowsLarge = () =>
        simulation.running.every(
          ({ machine }) => machine.table.get(large.id)?.record.record.spaces.length === 250,
        )
      await simulation.runUntil(knowsLarge, { withinMs: 30_000 })
      return simulation
    })
  })

  it.each([16, 128])(
    'scenario 29: among %i quiet members a sync is the hash and the received heartbeats, at the slow interval',
    async members => {
      const exchangesASecond = 1_000 / 5_000
      // A sync has three messages: an offer, its answer, and the requested part of the offer. Each contains
      // the hash and two marks, with framing.
      const bytesPerSync = 3 * 30
      const beatsASecond = (members * 1_000) / heartbeatIntervalMs(members)
      // A member receives each heartbeat once, with signature, index and sequence. For each of its eight
      // neighbours, the index and sequence pass in one direction: the member sends them, or it received them
      // from that neighbour before.
      const bytesPerHeartbeat = 74 + (8 / 2) * 4
      await repeated(async () => {
        const simulation = await settled({ seed: 29, members: members })
        await simulation.run(30_000)
        const bytes = (await sentOver(simulation, 120_000)).sync / 120 / members
        expect(bytes).toBeLessThan(exchangesASecond * bytesPerSync + beatsASecond * bytesPerHeartbeat)
        return simulation
      })
    },
  )
})
