import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { deaths, observers, otherEvents } from '../member-events.ts'
import { namesFrom } from '../names.ts'
import { repeated } from '../repeated.ts'

describe('members that are slow, suspended or badly connected', () => {
  it('scenario 7: with one link cut, indirect probes reach both ends and no suspicion leaves them', async () => {
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 71, members: 12 })
      simulation.cut('m1', 'm2')
      await simulation.run(120_000)
      return simulation
    })
    expect(otherEvents(simulation)).toEqual([])
    expect(observers(simulation)).toEqual([])
  })

  it('scenario 9: a member that answers every probe late never counts as dead', async () => {
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 91, members: 12 })
      const hiccup = (): void => {
        simulation.pause('m3', 800)
        simulation.after(1_000, hiccup)
      }
      hiccup()
      await simulation.run(120_000)
      return simulation
    })
    expect(deaths(simulation)).toEqual([])
  })

  it('scenario 10: a member that was paused for 10 s suspects no member when it resumes, and is alive for all', async () => {
    let stalledMs = 0
    const simulation = await runTwice(async () => {
      const simulation = await settled({ seed: 101, members: 32 })
      stalledMs = simulation.nowMs
      simulation.pause('m5', 10_000)
      await simulation.run(10_000)
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 2_000 })
      await simulation.run(30_000)
      return simulation
    })
    expect(simulation.isConverged()).toBe(true)
    expect(otherEvents(simulation, stalledMs).filter(event => event.startsWith('m5'))).toEqual([])
    expect(observers(simulation)).not.toContain('m5')
    expect(simulation.member('m5').machine.health().pauses).toBeGreaterThan(0)
  })

  it('scenario 10: after an hour of suspension a member is back within two intervals, and suspects no member', async () => {
    let wokeMs = 0
    let before = 0
    const simulation = await repeated(async () => {
      const simulation = await settled({ seed: 102, members: 16 })
      const m5 = simulation.member('m5')
      before = m5.incarnation ?? 0
      simulation.sleep('m5', 3_600_000)
      await simulation.run(3_599_000)
      expect(simulation.statusesOf('m5').at(-1)).toBe('dead')
      await simulation.run(1_000)
      wokeMs = simulation.nowMs
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 2_000 })
      await simulation.run(30_000)
      return simulation
    })
    expect(simulation.isConverged()).toBe(true)
    expect(simulation.member('m5').incarnation).toBeGreaterThan(before)
    expect(otherEvents(simulation, wokeMs).filter(event => /m5: (suspect|fail)/.test(event))).toEqual([])
    expect(observers(simulation)).not.toContain('m5')
  })

  it.each([3_000, 60_000])(
    'scenario 34: two members that change their networks for %i ms, one after the other, find each other',
    async awayMs => {
      const simulation = await runTwice(async () => {
        const simulation = await settled({ seed: 341, members: 3 })
        // Both other members joined through m0.
        simulation.crash('m0')
        for (const name of ['m2', 'm1']) {
          simulation.changeNetwork(name, awayMs, { othersNotice: false })
          await simulation.run(awayMs)
          const moved = simulation.member(name)
          const isFound = () =>
            simulation.running.every(
              ({ machine }) => machine.member(moved.id)?.addresses[0] === moved.address,
            )
          await simulation.runUntil(() => isFound() && simulation.isConverged(), { withinMs: 20_000 })
        }
        return simulation
      })
      expect(deaths(simulation)).toHaveLength(awayMs > 10_000 ? 6 : 2)
    },
  )

  it.each([{ othersNotice: true }, { othersNotice: false }])(
    'scenario 10b: a member that changes its network suspects no member, and its new address is known soon: %o',
    async how => {
      let changedMs = 0
      const simulation = await runTwice(async () => {
        const simulation = await settled({ seed: 103, members: 16 })
        const m5 = simulation.member('m5')
        changedMs = simulation.nowMs
        simulation.changeNetwork('m5', 3_000, how)
        await simulation.run(3_000)
        const knowAddress = () =>
          simulation.running.every(({ machine }) => machine.member(m5.id)?.addresses[0] === m5.address)
        await simulation.runUntil(() => knowAddress() && simulation.isConverged(), { withinMs: 3_000 })
        await simulation.run(30_000)
        return simulation
      })
      expect(simulation.isConverged()).toBe(true)
      const since = otherEvents(simulation, changedMs)
      expect(since.filter(event => /m5: (suspect|fail)|fail m5/.test(event))).toEqual([])
      expect(observers(simulation)).not.toContain('m5')
    },
  )

  it('a member that was suspended for longer than the others keep its tombstone is alive for all again, in a new incarnation', async () => {
    await repeated(async () => {
      const simulation = createSimulation({ seed: 104, members: 8, tuning: { retentionMs: 600_000 } })
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
      simulation.sleep('m5', 3_600_000)
      await simulation.run(3_599_000)
      expect(simulation.statusesOf('m5')).toContain('unknown')
      await simulation.run(1_000)
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: 30_000 })
      return simulation
    })
  })

  it('scenario 13: if only one of two members receives the other, both stay and their status does not oscillate', async () => {
    const simulation = await repeated(async () => {
      const simulation = await settled({ seed: 131, members: 16 })
      simulation.cut('m1', 'm2', { oneWay: true })
      await simulation.run(300_000)
      return simulation
    })
    expect(simulation.isConverged()).toBe(true)
    expect(otherEvents(simulation)).toEqual([])
  })

  it('scenario 24: if half of 64 die at once, the rest soon agree on 32 and updates keep spreading', async () => {
    const roundsMs = 10_000
    const suspicionMs = 4 * Math.log10(64) * 1_000
    await repeated(async () => {
      const simulation = await settled({ seed: 241, members: 64 })
      simulation.crash(namesFrom(0, 64).filter((_, i) => i % 2 === 0))
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: suspicionMs + roundsMs })
      const m1 = simulation.member('m1')
      m1.cluster.update({ tags: { news: 'good' } })
      const knowIt = () =>
        simulation.running.every(({ machine }) => machine.member(m1.id)?.tags['news'] === 'good')
      await simulation.runUntil(knowIt, { withinMs: 10_000 })
      return simulation
    })
  })
})
