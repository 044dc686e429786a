import { hash } from 'node:crypto'
import type { Config } from '@hearsay/core'
import {
  draftSpaceFact,
  encodeSpaceRumors,
  type SpaceFact,
  type SpaceFactBody,
  signedSpaceBytes,
  spaceTag,
} from '@hearsay/core/host'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { createSimulation, runTwice, type SimulatedMember, type Simulation } from '../../src/index.ts'
import { simulatedTag } from '../../src/simulated-process.ts'
import { signatureOf } from '../../src/simulated-signature.ts'
import { namesFrom } from '../names.ts'

const space = spaceTag(simulatedTag, 'config', 'flags')
const dayMs = 86_400_000
const honest = namesFrom(0, 8)

function entry(value: number, ahead: number, { clock }: SimulatedMember): SpaceFactBody {
  const { epochMs } = clock.now()
  return { type: 'entry', key: 'color', value, epochMs: epochMs + ahead, count: 0, replaces: undefined }
}

function signed(author: string, body: SpaceFactBody, signer = author, tag = space): SpaceFact {
  const draft = draftSpaceFact(author, body)
  return { ...draft, signature: signatureOf(signer, signedSpaceBytes(simulatedTag, tag, draft)) }
}

/** Eight members that share a config with two writers, and a malicious one, m8, connected to all of them. */
async function withAttacker(
  seed: number,
): Promise<{ simulation: Simulation; configs: Config[]; attacker: SimulatedMember }> {
  const simulation = createSimulation({ seed, members: 9, start: 'warm' })
  const writers = [simulation.member('m0').id, simulation.member('m1').id]
  const configs = await Promise.all(
    honest.map(name => simulation.member(name).cluster.config('flags', { writers })),
  )
  const attacker = simulation.member('m8')
  await attacker.cluster.config('flags')
  await configs[0]?.set('color', 1)
  await simulation.run(10_000)
  return { simulation, configs, attacker }
}

/** By gossip, to all connected members. */
function injectRumor(attacker: SimulatedMember, bytes: Uint8Array, tag = space): void {
  attacker.gossip.of(tag).publish(hash('sha256', bytes).slice(0, 20), bytes)
}

const sumOf = (simulation: Simulation, of: (member: SimulatedMember) => number): number =>
  honest.reduce((sum, name) => sum + of(simulation.member(name)), 0)

const refusedBy = (simulation: Simulation): number =>
  sumOf(simulation, ({ driver }) => driver.spacesUsage()?.rejected ?? 0)

const offencesTo = (simulation: Simulation): number =>
  sumOf(simulation, ({ driver }) => Object.values(driver.violations()).reduce((a, b) => a + b, 0))

/** Nothing changed, and the honest members are all connected to each other. */
function expectUnmoved(simulation: Simulation, configs: readonly Config[]): void {
  for (const { entries } of configs) expect(entries.getSnapshot()).toEqual({ color: 1 })
  for (const name of honest)
    expect(simulation.member(name).machine.health().connections).toBeGreaterThanOrEqual(honest.length - 1)
}

describe('a malicious member in a shared config', () => {
  it.each<[string, (attacker: SimulatedMember, simulation: Simulation) => SpaceFact]>([
    ['writes without being a writer', attacker => signed(attacker.id, entry(2, 1_000, attacker))],
    [
      'writes in the name of a writer, two days ahead, with its signature',
      (attacker, simulation) => signed(simulation.member('m0').id, entry(2, 2 * dayMs, attacker)),
    ],
  ])('that %s is rejected by each member, and no member is penalised', async (_, lie) => {
    await runTwice(async () => {
      const { simulation, configs, attacker } = await withAttacker(1)
      injectRumor(attacker, encodeSpaceRumors([lie(attacker, simulation)]))
      await simulation.run(60_000)
      expectUnmoved(simulation, configs)
      expect(refusedBy(simulation)).toBeGreaterThanOrEqual(honest.length)
      expect(offencesTo(simulation)).toBe(0)
      return simulation
    })
  })

  it.each<[string, (attacker: SimulatedMember, simulation: Simulation) => Uint8Array]>([
    [
      'forges the signature of a writer',
      (attacker, simulation) =>
        encodeSpaceRumors([signed(simulation.member('m0').id, entry(2, 1_000, attacker), idOf('a forger'))]),
    ],
    ['claims a length of a gigabyte', () => Uint8Array.of(0x0a, 0x80, 0x80, 0x80, 0x80, 0x04)],
    ['sends bytes that cannot be decoded', () => Uint8Array.of(1, 2, 3, 4, 5)],
  ])('that %s is penalised by the receivers, and no other member is', async (_, lie) => {
    await runTwice(async () => {
      const { simulation, configs, attacker } = await withAttacker(2)
      injectRumor(attacker, lie(attacker, simulation))
      await simulation.run(60_000)
      expectUnmoved(simulation, configs)
      // Once each: no member forwarded it.
      expect(offencesTo(simulation)).toBe(honest.length)
      return simulation
    })
  })
})

describe('a malicious member that floods a room with broadcasts', () => {
  it('is refused by all members, which receive a bounded number of them and keep their connections', async () => {
    await runTwice(async () => {
      const simulation = createSimulation({ seed: 3, members: 9, start: 'warm' })
      const room = spaceTag(simulatedTag, 'room', 'chat')
      const received = new Map(honest.map(name => [name, 0]))
      for (const name of honest) {
        const { events } = await simulation.member(name).cluster.room('chat')
        events.addEventListener('event', () => received.set(name, (received.get(name) ?? 0) + 1))
      }
      const attacker = simulation.member('m8')
      await attacker.cluster.room('chat')
      await simulation.run(10_000)
      const floodMs = 10_000
      const value = 'x'.repeat(31_000)
      for (let number = 1; number <= (120 * floodMs) / 1_000; number++) {
        const fact = signed(
          attacker.id,
          { type: 'event', generation: 2 ** 50, number, value },
          attacker.id,
          room,
        )
        injectRumor(attacker, encodeSpaceRumors([fact]), room)
        await simulation.run(1_000 / 120)
      }
      const most = (2_097_152 + (524_288 * floodMs) / 1_000) / value.length
      for (const count of received.values()) {
        expect(count).toBeGreaterThan(20)
        expect(count).toBeLessThan(most)
      }
      expect(attacker.machine.health().connections).toBe(0)
      expect(offencesTo(simulation)).toBeGreaterThan(0)
      for (const name of honest)
        expect(simulation.member(name).machine.health()).toMatchObject({ connections: honest.length - 1 })
      return simulation
    })
  })
})
