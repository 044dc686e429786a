import { describe, expect, it } from 'vitest'
import { idOf, recordBody, suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import { size } from '../../../../test/helpers/size.ts'
import { createSimulation, runTwice } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { injectRumor } from '../inject-rumors.ts'
import { otherEvents, typesAbout } from '../member-events.ts'
import { namesFrom } from '../names.ts'
import { repeated } from '../repeated.ts'
import { bytesOver } from '../sent-over.ts'
import { signedFact } from '../simulated-facts.ts'

const dayMs = 86_400_000

describe('joining, leaving, returning', () => {
  const joiners = size({ usual: 100, long: 1_000 })

  it(`scenario 14: ${joiners} members that join one at the same instant all see all within 2·log₂ n rounds`, async () => {
    const roundsMs = 2 * Math.log2(joiners) * 1_000
    await repeated(async () => {
      const simulation = createSimulation({ seed: 14, members: joiners })
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: roundsMs })
      return simulation
    })
  })

  it('scenario 14: the same holds when no rumor arrives', async () => {
    const roundsMs = 2 * Math.log2(100) * 1_000
    await repeated(async () => {
      const simulation = createSimulation({ seed: 15, members: 100 })
      simulation.dropGossip(60_000)
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: roundsMs })
      return simulation
    })
  })

  it('suspects no member because heartbeats become rarer as the cluster grows', async () => {
    const simulation = await repeated(async () => {
      const simulation = await settled({ seed: 152, members: 5 })
      await simulation.run(90_000)
      for (let i = 0; i < 95; i++) simulation.add()
      await simulation.run(180_000)
      return simulation
    })
    expect(otherEvents(simulation)).toEqual([])
  })

  it('scenario 15: a member that leaves has left for all members, and no member is suspected', async () => {
    let sinceMs = 0
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 151, members: 32 })
      sinceMs = simulation.nowMs
      void simulation.leave('m3')
      await simulation.runUntil(() => simulation.statusesOf('m3').join() === 'left', { withinMs: 2_000 })
      await simulation.run(60_000)
      return simulation
    })
    expect(simulation.statusesOf('m3')).toEqual(['left'])
    expect(simulation.member('m3').isRunning).toBe(false)
    expect(typesAbout(simulation, 'm3', sinceMs)).toEqual(['leave'])
    expect(simulation.events.filter(({ atMs, member }) => atMs >= sinceMs && member !== 'm3')).toEqual([])
  })

  it('scenario 15: two members that leave at once cause no further messages', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 152, members: 12 })
      const quiet = await bytesOver(simulation, 60_000)
      void simulation.leave('m3')
      void simulation.leave('m4')
      await simulation.run(30_000)
      expect([...simulation.statusesOf('m3'), ...simulation.statusesOf('m4')]).toEqual(['left', 'left'])
      expect(await bytesOver(simulation, 60_000)).toBeLessThanOrEqual(quiet)
      return simulation
    })
  })

  it('scenario 15: a leave that overtakes the join still ends as left, and no member emits either event', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 153, members: 8 })
      const unknownId = idOf('a stranger')
      const incarnation = simulation.member('m1').clock.now().epochMs
      const leave = signedFact(unknownId, recordBody({ incarnation, version: 3, leaving: true }))
      const join = signedFact(unknownId, recordBody({ incarnation, version: 2 }))
      for (const fact of [leave, join]) {
        for (const member of simulation.members) injectRumor(member, simulation.member('m1'), fact)
        await simulation.run(5_000)
      }
      for (const { machine } of simulation.members) expect(machine.member(unknownId)?.status).toBe('left')
      expect(typesAbout(simulation, unknownId, 0)).toEqual([])
      return simulation
    })
  })

  it.each([50, 900])(
    'scenario 16: crashed and restarted after %i ms, it is one member in a new incarnation',
    async downMs => {
      let before = 0
      let startedMs = 0
      const simulation = await runTwice(async () => {
        const simulation = await settled({ seed: 16, members: 16 })
        before = simulation.member('m3').incarnation ?? 0
        simulation.crash('m3')
        await simulation.run(downMs)
        startedMs = simulation.nowMs
        simulation.restart('m3')
        await simulation.runUntil(() => simulation.isConverged(), { withinMs: 5_000 })
        await simulation.run(30_000)
        return simulation
      })
      expect(simulation.isConverged()).toBe(true)
      expect(simulation.member('m3').incarnation).toBeGreaterThan(before)
      expect(simulation.member('m0').machine.members().length).toBe(16)
      expect(typesAbout(simulation, 'm3', startedMs)).not.toContain('fail')
    },
  )

  it.each([{ keepStorage: true }, { keepStorage: false, keepIdentity: true }])(
    'scenario 17: with the clock set back a day it still returns, above its old incarnation: %o',
    async stored => {
      let before = 0
      const simulation = await runTwice(async () => {
        const simulation = await settled({ seed: 17, members: 12 })
        before = simulation.member('m3').incarnation ?? 0
        simulation.crash('m3')
        await simulation.run(5_000)
        simulation.skew('m3', -dayMs)
        simulation.restart('m3', stored)
        await simulation.runUntil(() => simulation.isConverged(), { withinMs: 5_000 })
        await simulation.run(30_000)
        return simulation
      })
      expect(simulation.isConverged()).toBe(true)
      expect(simulation.member('m3').incarnation).toBeGreaterThan(before)
    },
  )

  it('scenario 17: every member rejects a clock that is a year ahead, and the id stays usable', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 18, members: 12 })
      simulation.crash('m3')
      await simulation.run(5_000)
      simulation.skew('m3', 365 * dayMs)
      simulation.restart('m3')
      await simulation.run(30_000)
      expect(simulation.statusesOf('m3')).toEqual(['dead'])
      simulation.crash('m3')
      simulation.skew('m3', 0)
      simulation.restart('m3')
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
      return simulation
    })
  })

  it('scenario 17: a clock that was two days ahead at the start and is set right gives a new incarnation, which every member accepts', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 117, members: 12 })
      const m3 = simulation.member('m3')
      const atStart = m3.incarnation ?? 0
      simulation.crash('m3')
      await simulation.run(5_000)
      simulation.skew('m3', 2 * dayMs)
      simulation.restart('m3')
      await simulation.run(30_000)
      expect(simulation.statusesOf('m3')).toEqual(['dead'])
      simulation.skew('m3', 0)
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
      expect(m3.incarnation).toBeGreaterThan(atStart)
      expect(m3.incarnation).toBeLessThanOrEqual(m3.clock.now().epochMs)
      // It can refute suspicions about its new incarnation as usual.
      const [m1, m2] = [simulation.member('m1'), simulation.member('m2')]
      const suspected = m3.incarnation ?? 0
      injectRumor(m1, m2, signedFact(m2.id, suspicionBody(m3.id, suspected)))
      await simulation.run(10_000)
      expect(m3.incarnation).toBe(suspected + 1)
      expect(simulation.isConverged()).toBe(true)
      return simulation
    })
  })

  it('scenario 17: two members whose clocks were two days ahead, and which accepted each other, are both visible once the clocks are right', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 118, members: 12 })
      simulation.crash(['m3', 'm4'])
      await simulation.run(5_000)
      for (const name of ['m3', 'm4']) {
        simulation.skew(name, 2 * dayMs)
        simulation.restart(name)
      }
      await simulation.run(30_000)
      const [m3, m4] = [simulation.member('m3'), simulation.member('m4')]
      expect(m4.machine.member(m3.id)?.incarnation).toBe(m3.incarnation)
      simulation.skew('m3', 0)
      await simulation.run(5_000)
      simulation.skew('m4', 0)
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
  })

  it('scenario 20: a removed member that seven late joiners send a record of stays absent; its own new record brings it back', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 20, members: 8, tuning: { retentionMs: 60_000 } })
      const m3 = simulation.member('m3')
      const incarnation = m3.incarnation ?? 0
      simulation.crash('m3')
      await simulation.runUntil(() => simulation.statusesOf('m3').join() === 'unknown', { withinMs: 180_000 })
      const old = signedFact(m3.id, recordBody({ incarnation, version: 9 }))
      for (let i = 0; i < 7; i++) {
        const late = simulation.add()
        await simulation.run(1_000)
        for (const member of simulation.running) if (member !== late) injectRumor(member, late, old)
      }
      await simulation.run(10_000)
      const elders = namesFrom(0, 8).filter(name => name !== 'm3')
      for (const name of elders) expect(simulation.member(name).machine.member(m3.id)).toBeUndefined()
      simulation.restart('m3')
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
      return simulation
    })
  })

  it('becomes quiet again after it has removed a member that some members received later than others', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 201, members: 8, tuning: { retentionMs: 300_000 } })
      const quiet = await bytesOver(simulation, 60_000)
      simulation.crash('m3')
      await simulation.run(240_000)
      simulation.add()
      await simulation.run(110_000)
      expect(simulation.statusesOf('m3')).toEqual(['dead'])
      expect(await bytesOver(simulation, 60_000)).toBeLessThan(1.5 * quiet)
      return simulation
    })
  })
})
