/** A malicious member that sends invalid document updates: garbage, bombs, and facts in the name of others. */
import { hash } from 'node:crypto'
import type { RoomDocument } from '@hearsay/core'
import { draftSpaceFact, encodeSpaceRumors, signedSpaceBytes, spaceTag } from '@hearsay/core/host'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { createSimulation, runTwice, type SimulatedMember, type Simulation } from '../../src/index.ts'
import { simulatedTag } from '../../src/simulated-process.ts'
import { signatureOf } from '../../src/simulated-signature.ts'
import { namesFrom } from '../names.ts'

const space = spaceTag(simulatedTag, 'room', 'design')
const honest = namesFrom(0, 8)

/** Eight members with one document, and a malicious one, m8, connected to all of them. */
async function withAttacker(
  seed: number,
): Promise<{ simulation: Simulation; documents: RoomDocument[]; attacker: SimulatedMember }> {
  const simulation = createSimulation({ seed, members: 9, start: 'warm' })
  const rooms = await Promise.all(honest.map(name => simulation.member(name).cluster.room('design')))
  const documents = rooms.map(room => room.document(''))
  const attacker = simulation.member('m8')
  await attacker.cluster.room('design')
  documents[0]?.doc.getText('text').insert(0, 'as it was')
  await simulation.run(10_000)
  return { simulation, documents, attacker }
}

function injectRumor(attacker: SimulatedMember, author: string, update: Uint8Array, signer = author): void {
  const draft = draftSpaceFact(author, { type: 'update', document: '', update })
  const signature = signatureOf(signer, signedSpaceBytes(simulatedTag, space, draft))
  const bytes = encodeSpaceRumors([{ ...draft, signature }])
  attacker.gossip.of(space).publish(hash('sha256', bytes).slice(0, 20), bytes)
}

const sumOf = (simulation: Simulation, of: (member: SimulatedMember) => number): number =>
  honest.reduce((sum, name) => sum + of(simulation.member(name)), 0)

const refusedBy = (simulation: Simulation): number =>
  sumOf(simulation, ({ driver }) => driver.spacesUsage()?.rejected ?? 0)

const offencesTo = (simulation: Simulation): number =>
  sumOf(simulation, ({ driver }) => Object.values(driver.violations()).reduce((a, b) => a + b, 0))

/** Nothing changed, nothing waits, and the honest members are all connected to each other. */
function expectUnmoved(simulation: Simulation, documents: readonly RoomDocument[]): void {
  for (const { doc } of documents) {
    expect(doc.getText('text').toString()).toBe('as it was')
    expect(doc.store.pendingStructs).toBeNull()
  }
  for (const name of honest)
    expect(simulation.member(name).machine.health().connections).toBeGreaterThanOrEqual(honest.length - 1)
}

function insertion(text: string): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = 7
  doc.getText('text').insert(0, text)
  return doc
}

/** In version 2 equal values in a row are encoded once: few bytes, and any number of structs. */
function bomb(): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 7
  const list = doc.getArray('list')
  for (let i = 0; i < 10_000; i++) list.insert(0, [0])
  return Y.encodeStateAsUpdateV2(doc)
}

describe('a malicious member in a room', () => {
  it.each<[string, () => Uint8Array]>([
    ['garbage', () => new Uint8Array(66).fill(0xc3)],
    ['an update that ends too early', () => Y.encodeStateAsUpdate(insertion('hello')).slice(0, -4)],
    ['an update of version 2', () => Y.encodeStateAsUpdateV2(insertion('hello'))],
    ['an update of version 2, of ten thousand parts', bomb],
  ])('that sends %s is rejected by each member, and no member is penalised', async (_, update) => {
    await runTwice(async () => {
      const { simulation, documents, attacker } = await withAttacker(1)
      injectRumor(attacker, attacker.id, update())
      await simulation.run(60_000)
      expectUnmoved(simulation, documents)
      expect(refusedBy(simulation)).toBeGreaterThanOrEqual(honest.length)
      expect(offencesTo(simulation)).toBe(0)
      return simulation
    })
  })

  it('that writes in the name of another is penalised by the receivers, and no other member is', async () => {
    await runTwice(async () => {
      const { simulation, documents, attacker } = await withAttacker(2)
      const update = Y.encodeStateAsUpdate(insertion('forged '))
      injectRumor(attacker, simulation.member('m0').id, update, idOf('a forger'))
      await simulation.run(60_000)
      expectUnmoved(simulation, documents)
      expect(offencesTo(simulation)).toBe(honest.length)
      return simulation
    })
  })
})
