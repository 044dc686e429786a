/** Provider origin: an app changes a document in transactions whose origin is the provider, as for foreign changes. */
import { expect, it } from 'vitest'
import * as Y from 'yjs'
import { createSimulation, runTwice } from '../../src/index.ts'

it.each([
  ['without writers', false],
  ['with writers', true],
])('changes whose origin is the provider are shared and stored: %s', async (_, hasWriters) => {
  await runTwice(async () => {
    const simulation = createSimulation({ seed: 18, members: 2, start: 'warm' })
    const options = hasWriters ? { writers: simulation.members.map(({ id }) => id) } : {}
    const enter = (name: string) => simulation.member(name).cluster.room('design', options)
    const [room, other] = [await enter('m0'), await enter('m1')]
    const [doc, copy] = [room.doc, other.doc]
    await simulation.run(3_000)
    doc.transact(() => doc.getText().insert(0, 'a'), room.provider)
    const imported = new Y.Doc()
    imported.clientID = 1
    imported.getMap('m').set('k', 1)
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(imported), room.provider)
    const stored = room.provider.stored()
    await simulation.run(1_000)
    await stored
    expect([copy.getText().toString(), copy.getMap('m').toJSON()]).toEqual(['a', { k: 1 }])
    for (const name of ['m1', 'm0']) simulation.crash(name)
    await simulation.run(100)
    simulation.restart('m0')
    await simulation.run(1_000)
    const again = await enter('m0')
    expect([again.doc.getText().toString(), again.doc.getMap('m').toJSON()]).toEqual(['a', { k: 1 }])
    return simulation
  })
})
