/**
 * Random edits, partitions and restarts, as in the tests of Yjs itself. In the end all documents must be
 * equal.
 */
import type { RoomDocument } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { size } from '../../../../test/helpers/size.ts'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { namesFrom } from '../names.ts'

const names = namesFrom(0, 8)
const rounds = 40

type Random = () => number

const below = (random: Random, count: number): number => Math.floor(random() * count)

const edits: readonly ((doc: Y.Doc, random: Random) => void)[] = [
  (doc, random) => {
    const text = doc.getText('text')
    text.insert(
      below(random, text.length + 1),
      random()
        .toString(36)
        .slice(2, 2 + below(random, 8)),
    )
  },
  (doc, random) => {
    const text = doc.getText('text')
    const at = below(random, text.length + 1)
    text.delete(at, below(random, text.length - at + 1))
  },
  (doc, random) => {
    const text = doc.getText('text')
    const at = below(random, text.length + 1)
    text.format(at, below(random, text.length - at + 1), { bold: random() < 0.5 || null })
  },
  (doc, random) => {
    doc.getMap('map').set(`key ${below(random, 4)}`, below(random, 1_000))
  },
  (doc, random) => {
    const inner = new Y.Array()
    inner.push([below(random, 1_000)])
    doc.getMap('map').set(`key ${below(random, 4)}`, inner)
  },
  (doc, random) => doc.getMap('map').delete(`key ${below(random, 4)}`),
  (doc, random) => {
    const array = doc.getArray('array')
    array.insert(below(random, array.length + 1), [below(random, 1_000), { n: below(random, 1_000) }])
  },
  (doc, random) => {
    const array = doc.getArray('array')
    const at = below(random, array.length + 1)
    array.delete(at, below(random, Math.min(4, array.length - at + 1)))
  },
]

async function open(simulation: Simulation, name: string): Promise<RoomDocument> {
  return (await simulation.member(name).cluster.room('fuzz')).document('')
}

/** The content that all members must have. */
function contentOf({ doc }: RoomDocument): unknown {
  return {
    text: doc.getText('text').toDelta(),
    map: doc.getMap('map').toJSON(),
    array: doc.getArray('array').toJSON(),
    state: [...Y.encodeSnapshot(Y.snapshot(doc))],
  }
}

async function fuzz(seed: number): Promise<Simulation> {
  const simulation = createSimulation({ seed, members: 8, start: 'warm' })
  const random = simulation.member('m0').random('fuzz')
  const documents = new Map<string, RoomDocument>()
  for (const name of names) documents.set(name, await open(simulation, name))
  for (let round = 0; round < rounds; round++) {
    for (const { doc } of documents.values())
      while (random() < 0.4) edits[below(random, edits.length)]?.(doc, random)
    const chance = random()
    if (chance < 0.1) simulation.partition([names.filter(() => random() < 0.5)])
    else if (chance < 0.2) simulation.heal()
    else if (chance < 0.3) simulation.dropGossip(1 + below(random, 5_000), { rate: random() })
    else if (chance < 0.35) {
      const name = names[below(random, names.length)] ?? 'm0'
      simulation.restart(name)
      documents.set(name, await open(simulation, name))
    }
    await simulation.run(below(random, 2_000))
  }
  simulation.heal()
  const state = ({ doc }: RoomDocument): string => Y.encodeSnapshot(Y.snapshot(doc)).join()
  const areEqual = () => new Set([...documents.values()].map(state)).size === 1
  await simulation.runUntil(areEqual, { withinMs: 120_000 })
  const [first, ...others] = [...documents.values()].map(contentOf)
  for (const other of others) expect(other).toEqual(first)
  return simulation
}

describe('documents of eight members', () => {
  it('are equal after random edits, partitions, lost rumors and restarts', {
    timeout: 7_200_000,
  }, async () => {
    for (let seed = 1; seed <= size({ usual: 12, long: 1_000 }); seed++) await fuzz(seed)
  })

  it('become equal in the same way in a second run', () => runTwice(() => fuzz(5)).then(() => {}))
})
