import { hash } from 'node:crypto'
import type { Room } from '@hearsay/core'
import { draftSpaceFact, encodeSpaceRumors, type SpaceFact, signedSpaceBytes } from '@hearsay/core/host'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { PrivateRoom } from '../../../core/src/wire/private-room.ts'
import { createSimulation, runTwice, type SimulatedMember, type Simulation } from '../../src/index.ts'
import { simulatedTag } from '../../src/simulated-process.ts'
import { signatureOf } from '../../src/simulated-signature.ts'
import { namesFrom } from '../names.ts'

const secret = 'a secret of sixteen or more characters'
const another = 'another secret, which is as long as the first'
const insiders = namesFrom(0, 6)

/** Enters the room and opens its document. */
async function enter(simulation: Simulation, name: string, given: string | undefined): Promise<Room> {
  const options = given === undefined ? {} : { secret: given }
  const room = await simulation.member(name).cluster.room('design', options)
  room.doc.getText('text')
  return room
}

/** The names of the members in a room, as one of them sees them. */
function namesIn(simulation: Simulation, room: Room | undefined): string[] {
  const names = new Map(simulation.members.map(({ id, name }) => [id, name]))
  return (room?.members.getSnapshot() ?? []).map(({ id }) => names.get(id) ?? id).sort()
}

const otherNotes = (room: Room | undefined): unknown[] =>
  (room?.presence.others.getSnapshot() ?? []).map(({ presence }) => presence['note'])

const textOf = (room: Room | undefined): string | undefined => room?.doc.getText('text').toString()

const sumOf = (simulation: Simulation, of: (member: SimulatedMember) => number): number =>
  insiders.reduce((sum, name) => sum + of(simulation.member(name)), 0)

describe('private rooms of one name', () => {
  it('are different rooms for members with different secrets, and for members without one', async () => {
    await runTwice(async () => {
      const simulation = createSimulation({ seed: 1, members: 9, start: 'warm' })
      const groups = [
        { names: ['m0', 'm1', 'm2'], secret },
        { names: ['m3', 'm4', 'm5'], secret: another },
        { names: ['m6', 'm7', 'm8'], secret: undefined },
      ]
      const rooms: Room[][] = []
      for (const { names, secret } of groups)
        rooms.push(await Promise.all(names.map(name => enter(simulation, name, secret))))
      const events: unknown[][] = rooms.map(() => [])
      rooms.forEach((group, i) => {
        group[0]?.doc.getText('text').insert(0, `text ${i}`)
        for (const room of group) {
          room.presence.set({ note: i })
          room.events.addEventListener('event', ({ detail }) => events[i]?.push(detail.value))
        }
      })
      await simulation.run(5_000)
      rooms.forEach((group, i) => {
        group[1]?.broadcast(`broadcast ${i}`)
      })
      await simulation.run(5_000)
      groups.forEach(({ names }, i) => {
        for (const room of rooms[i] ?? []) {
          expect(namesIn(simulation, room)).toEqual(names)
          expect(otherNotes(room)).toEqual([i, i])
          expect(textOf(room)).toBe(`text ${i}`)
        }
        expect(events[i]).toEqual([`broadcast ${i}`, `broadcast ${i}`])
      })
      return simulation
    })
  })
})

describe('a member of the cluster without the secret of a room', () => {
  it('that copies tags and uses the topic is not in the room, reads nothing and changes nothing', async () => {
    await runTwice(async () => {
      const simulation = createSimulation({ seed: 2, members: 7, start: 'warm' })
      const rooms = await Promise.all(insiders.map(name => enter(simulation, name, secret)))
      const attacker = simulation.member('m6')
      const received: unknown[] = []
      const { room: key, topic } = keyOf(attacker)
      for (const room of rooms) room.events.addEventListener('event', ({ detail }) => received.push(detail))
      await attacker.cluster.room('design')
      await simulation.run(5_000)
      // The tags of others, and the space tag, which the attacker cannot even know.
      const tags = insiders.map(name => key.tagOf(simulation.member(name).id))
      attacker.driver.announceSpaces([...tags, topic].map(space => ({ space, generation: 2 ** 50 })))
      for (const author of [attacker, simulation.member('m0')]) {
        const bytes = encodeSpaceRumors([
          signed(author, topic, {
            type: 'field',
            generation: 2 ** 50,
            version: 1,
            name: 'note',
            value: 'lie',
          }),
          signed(author, topic, { type: 'event', generation: 2 ** 50, number: 1, value: 'lie' }),
        ])
        attacker.gossip.of(topic).publish(hash('sha256', bytes).slice(0, 20), bytes)
      }
      await simulation.run(30_000)
      for (const room of rooms) {
        expect(namesIn(simulation, room)).toEqual(insiders)
        expect(otherNotes(room)).not.toContain('lie')
      }
      expect(received).toEqual([])
      expect(sumOf(simulation, ({ driver }) => driver.spacesUsage()?.unopened ?? 0)).toBeGreaterThan(0)
      const violations = sumOf(simulation, ({ driver }) =>
        Object.values(driver.violations()).reduce((a, b) => a + b, 0),
      )
      expect(violations).toBe(0)
      return simulation
    })
  })
})

describe('rotation of the secret of a room', () => {
  it('takes the content along, and leaves a member behind that has only the old secret', async () => {
    await runTwice(async () => {
      const simulation = createSimulation({ seed: 3, members: 6, start: 'warm' })
      const before = await Promise.all(insiders.map(name => enter(simulation, name, secret)))
      before[0]?.doc.getText('text').insert(0, 'before')
      await simulation.run(5_000)
      expect(before.map(textOf)).toEqual(insiders.map(() => 'before'))
      const staying = insiders.slice(0, 5)
      const after: Room[] = []
      for (const [i, name] of staying.entries()) {
        const old = before[i]
        if (!old) throw new Error('the member is in the room')
        const content = Y.encodeStateAsUpdate(old.doc)
        old.leave()
        const room = await enter(simulation, name, another)
        Y.applyUpdate(room.doc, content)
        after.push(room)
        await simulation.run(1_000)
      }
      after[0]?.doc.getText('text').insert(6, ' and after')
      await simulation.run(20_000)
      expect(after.map(textOf)).toEqual(staying.map(() => 'before and after'))
      for (const room of after) expect(namesIn(simulation, room)).toEqual(staying)
      expect(namesIn(simulation, before[5])).toEqual(['m5'])
      expect(textOf(before[5])).toBe('before')
      return simulation
    })
  })

  it('needs the old room to be left first', async () => {
    const simulation = createSimulation({ seed: 4, members: 1, start: 'warm' })
    const room = await enter(simulation, 'm0', secret)
    expect(await enter(simulation, 'm0', secret)).toBe(room)
    for (const given of [another, undefined])
      await expect(enter(simulation, 'm0', given)).rejects.toThrow(
        "room: 'design' is open with other options. Leave it first",
      )
    room.leave()
    expect(await enter(simulation, 'm0', another)).not.toBe(room)
  })
})

function keyOf({ clock }: SimulatedMember): { room: PrivateRoom; topic: string } {
  const random = () => (clock.now().monotonicMs % 1_000) / 1_000
  const room = new PrivateRoom({ cluster: simulatedTag, name: 'design', secret: Buffer.from(secret), random })
  return { room, topic: room.space }
}

function signed(
  author: SimulatedMember,
  space: string,
  body: Parameters<typeof draftSpaceFact>[1],
): SpaceFact {
  const draft = draftSpaceFact(author.id, body)
  return { ...draft, signature: signatureOf(author.id, signedSpaceBytes(simulatedTag, space, draft)) }
}
