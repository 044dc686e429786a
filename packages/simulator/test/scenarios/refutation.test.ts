import { encodeSync, syncMessage } from '@hearsay/core/host'
import { describe, expect, it } from 'vitest'
import { recordBody, suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import { runTwice, type SimulatedMember } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { injectRumor, publish } from '../inject-rumors.ts'
import { deaths, seeEachOther } from '../member-events.ts'
import { bytesOver } from '../sent-over.ts'
import { forgedFact, signedFact } from '../simulated-facts.ts'

function incarnationOf({ machine, id }: SimulatedMember): number {
  return machine.member(id)?.incarnation ?? Number.NaN
}

describe('suspicion and refutation', () => {
  it('scenario 2: a member that receives a suspicion about itself stays alive for all, with a greater incarnation', async () => {
    let before = 0
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 2, members: 12 })
      const [m1, m3] = [simulation.member('m1'), simulation.member('m3')]
      before = incarnationOf(m3)
      for (const member of simulation.members)
        injectRumor(member, m1, signedFact(m1.id, suspicionBody(m3.id, before)))
      await simulation.run(10_000)
      return simulation
    })
    expect(incarnationOf(simulation.member('m3'))).toBeGreaterThan(before)
    expect(simulation.isConverged()).toBe(true)
    expect(deaths(simulation)).toEqual([])
  })

  it('scenario 2: a member that all others consider dead is back for all as soon as it is reachable', async () => {
    let before = 0
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 3, members: 12 })
      before = incarnationOf(simulation.member('m3'))
      simulation.partition([['m3']])
      await simulation.runUntil(() => simulation.statusesOf('m3').join() === 'dead', { withinMs: 60_000 })
      simulation.heal()
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
    expect(incarnationOf(simulation.member('m3'))).toBeGreaterThan(before)
  })

  it('scenario 2: a member whose id is already alive with a greater incarnation goes above it', async () => {
    let earlier = 0
    const simulation = await runTwice(async () => {
      // The record is from an earlier process, before the simulation began.
      const simulation = await settled({ seed: 4, members: 12, invariants: 'off' })
      const m3 = simulation.member('m3')
      earlier = incarnationOf(m3) + 10_000
      injectRumor(
        simulation.member('m1'),
        simulation.member('m2'),
        signedFact(m3.id, recordBody({ incarnation: earlier })),
      )
      await simulation.run(10_000)
      return simulation
    })
    expect(incarnationOf(simulation.member('m3'))).toBeGreaterThan(earlier)
    expect(simulation.isConverged()).toBe(true)
  })

  it('scenario 3: no record of the incarnation that died revives a member, whichever member sends it; the next incarnation does', async () => {
    const simulation = await runTwice(async () => {
      // The next record is signed while the member is not running.
      const simulation = await settled({ seed: 5, members: 12, invariants: 'off' })
      const m3 = simulation.member('m3')
      const incarnation = incarnationOf(m3)
      simulation.crash('m3')
      await simulation.runUntil(() => simulation.statusesOf('m3').join() === 'dead', { withinMs: 30_000 })
      const again = signedFact(m3.id, recordBody({ incarnation, version: 1_000 }))
      for (const member of simulation.running) injectRumor(member, simulation.member('m1'), again)
      await simulation.run(10_000)
      expect(simulation.statusesOf('m3')).toEqual(['dead'])
      injectRumor(
        simulation.member('m1'),
        simulation.member('m2'),
        signedFact(m3.id, recordBody({ incarnation: incarnation + 1 })),
      )
      await simulation.run(100)
      expect(simulation.member('m1').machine.member(m3.id)?.status).toBe('alive')
      return simulation
    })
    expect(simulation.events.filter(({ by, type }) => by === 'm1' && type === 'join').length).toBe(12)
  })

  it("scenario 4: another member's conclusion becomes a suspicion, which the suspect refutes through its only connected peer", async () => {
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 6, members: 8 })
      const others = ['m0', 'm1', 'm2', 'm4', 'm6', 'm7']
      simulation.cut(['m3', 'm5'], others)
      await simulation.runUntil(() => seeEachOther(simulation, others), { withinMs: 60_000 })
      simulation.heal()
      simulation.cut(['m3'], others)
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 60_000 })
      return simulation
    })
    const seenByM5 = simulation.events.filter(({ by, member }) => by === 'm5' && member === 'm3')
    expect(seenByM5.map(({ type }) => type)).not.toContain('fail')
  })

  it('scenario 4: a newcomer suspects dead members before it counts them dead, and does not show them meanwhile', async () => {
    const statuses: string[] = []
    await runTwice(async () => {
      const simulation = await settled({ seed: 7, members: 12 })
      const { id } = simulation.member('m3')
      simulation.crash('m3')
      await simulation.runUntil(() => simulation.statusesOf('m3').join() === 'dead', { withinMs: 30_000 })
      await simulation.run(10_000)
      const late = simulation.add()
      statuses.length = 0
      await simulation.runUntil(
        () => {
          const shown = late.machine.member(id)?.status
          const status = `${late.machine.detector.status(id)?.type}, shown: ${shown}`
          if (statuses.at(-1) !== status) statuses.push(status)
          return shown === 'dead'
        },
        { withinMs: 60_000 },
      )
      expect(simulation.events.filter(({ by, member }) => by === late.name && member === 'm3')).toEqual([])
      return simulation
    })
    expect(statuses).toEqual([
      'undefined, shown: undefined',
      'suspect, shown: undefined',
      'dead, shown: dead',
    ])
  })

  it('scenario 5: a suspect receives the suspicion with its next probe, before any rumor', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 8, members: 8 })
      simulation.dropGossip(60_000)
      const [m1, m2, m3] = [simulation.member('m1'), simulation.member('m2'), simulation.member('m3')]
      const before = incarnationOf(m3)
      injectRumor(m1, m2, signedFact(m2.id, suspicionBody(m3.id, before)))
      expect(m1.machine.detector.status(m3.id)?.type).toBe('suspect')
      await simulation.runUntil(() => incarnationOf(m3) > before, { withinMs: 20 })
      expect(m3.machine.table.get(m3.id)?.suspicions).toBeUndefined()
      return simulation
    })
  })

  it('scenario 6: one member that suspects all others each second kills none, at a bounded cost', async () => {
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 9, members: 16 })
      const attacker = simulation.member('m5')
      const lie = (): void => {
        const others = attacker.machine.members().filter(({ id }) => id !== attacker.id)
        const claims = others.map(({ id, incarnation }) =>
          signedFact(attacker.id, suspicionBody(id, incarnation, true)),
        )
        publish(attacker, claims)
        simulation.after(1_000, lie)
      }
      lie()
      const bytesASecond = (await bytesOver(simulation, 60_000)) / 60 / 16
      expect(bytesASecond).toBeLessThan(100_000)
      return simulation
    })
    expect(deaths(simulation)).toEqual([])
    expect(simulation.events.filter(({ type, by }) => type === 'suspect' && by === 'm0').length).toBeLessThan(
      61 * 15,
    )
  })

  it('a suspicion that its observer did not sign changes nothing, and the member that sent it is penalised', async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 10, members: 8 })
      const [m1, m2, m3] = [simulation.member('m1'), simulation.member('m2'), simulation.member('m3')]
      const before = incarnationOf(m3)
      expect(injectRumor(m1, m2, forgedFact(m2.id, suspicionBody(m3.id, before)))).toBe('reject')
      m1.driver.frame(
        m2.id,
        'sync',
        encodeSync(syncMessage({ facts: [forgedFact(m2.id, suspicionBody(m3.id, before))] })),
      )
      await simulation.run(10_000)
      expect(incarnationOf(m3)).toBe(before)
      expect(m1.driver.violations()).toEqual({ undecodable: 0, 'bad-signature': 2, flood: 0 })
      return simulation
    })
  })
})
