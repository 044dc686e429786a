/** A member whose store was replaced by an older copy, as after a restored backup: it becomes equal to the others again. */
import type { Cluster, Config, Room } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

const pastClients = 1_100

interface Apps {
  readonly cluster: Cluster
  readonly room: Room
  readonly doc: Y.Doc
  readonly config: Config
}

async function open(simulation: Simulation, name: string): Promise<Apps> {
  const { cluster } = simulation.member(name)
  const room = await cluster.room('design')
  return { cluster, room, doc: room.doc, config: await cluster.config('flags') }
}

const write = ({ doc }: Apps, text: string): void => doc.getText('text').insert(0, text)

/** Adds the letters of many clients, so that the holders begin an epoch. */
function bringClients({ doc }: Apps, first: number): void {
  const other = new Y.Doc()
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc))
  for (let client = first; client < first + pastClients; client++) {
    other.clientID = client
    other.getText('text').insert(0, 'x')
  }
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)))
}

describe.each([0, 1, 2])('a member whose store is an older copy, %i epochs later', epochs => {
  it('has everything that it wrote since, and what it writes reaches the others', async () => {
    await runTwice(async () => {
      const simulation = createSimulation({ seed: 77, members: 4, start: 'warm', invariants: 'off' })
      const apps = await Promise.all(['m0', 'm1', 'm2'].map(name => open(simulation, name)))
      const [first, , restored] = apps as [Apps, Apps, Apps]
      await simulation.run(5_000)
      write(restored, 'before ')
      await restored.config.set('color', 'red')
      await restored.config.set('gone', 1)
      await restored.room.provider.stored()
      await simulation.run(2_000)
      const copy = simulation.copy('m2')
      simulation.crash(copy)
      await simulation.run(2_000)
      write(restored, 'after ')
      await restored.config.set('color', 'blue')
      await restored.config.delete('gone')
      for (let epoch = 1; epoch <= epochs; epoch++) {
        bringClients(first, epoch * 10_000)
        await simulation.run(60_000)
      }
      await simulation.run(5_000)
      simulation.crash('m2')
      await simulation.run(30_000)
      simulation.restart(copy)
      await simulation.run(2_000)
      const again = await open(simulation, copy)
      const superseded: Uint8Array[] = []
      again.room.provider.on('superseded', ({ update }) => superseded.push(update))
      await simulation.run(60_000)
      write(again, 'again ')
      await again.config.set('size', 3)
      await simulation.run(20_000)
      const all = [first, apps[1] as Apps, again]
      const texts = all.map(textOf)
      expect(new Set(texts).size).toBe(1)
      for (const text of ['before ', 'after ', 'again ']) expect(texts[0]?.split(text).length).toBe(2)
      for (const { config } of all) expect(config.entries.getSnapshot()).toEqual({ color: 'blue', size: 3 })
      expect(again.room.provider.synced).toBe(true)
      const { status } =
        first.cluster.members.getSnapshot().find(({ id }) => id === again.cluster.self.id) ?? {}
      expect(status).toBe('alive')
      if (epochs < 2) expect(superseded).toEqual([])
      return simulation
    })
  })
})
