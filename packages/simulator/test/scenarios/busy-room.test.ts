import { expect, it } from 'vitest'
import { createSimulation } from '../../src/index.ts'
import { namesFrom } from '../names.ts'
import { repeated } from '../repeated.ts'

const frameMs = 1_000 / 60

it('a document, a config and the probes work while 20 members move their cursors 60 times a second', async () => {
  await repeated(async () => {
    const simulation = createSimulation({ seed: 20, members: 20, start: 'warm' })
    const clusters = namesFrom(0, 20).map(name => simulation.member(name).cluster)
    const rooms = await Promise.all(clusters.map(cluster => cluster.room<{ cursor: number }>('design')))
    const configs = await Promise.all(clusters.map(cluster => cluster.config('flags')))
    const texts = rooms.map(({ doc }) => doc.getText('text'))
    await simulation.run(5_000)
    let judged = 0
    for (const { events } of clusters)
      for (const type of ['suspect', 'fail'] as const) events.addEventListener(type, () => judged++)
    const [first, last] = [texts[0], rooms.at(-1)]
    if (!first || !last) throw new Error('twenty members enter a room')

    for (let second = 0; second < 5; second++) {
      first.insert(0, `edit ${second} `)
      await configs[0]?.set('edit', second)
      for (let frame = 0; frame < 60; frame++) {
        for (const room of rooms) room.presence.set({ cursor: 60 * second + frame })
        await simulation.run(frameMs)
      }
      expect(new Set(texts.map(String))).toEqual(new Set([String(first)]))
      expect(configs.map(config => config.get('edit'))).toEqual(configs.map(() => second))
      // The throttle delays presence a little, and the delay does not grow.
      for (const { presence } of last.presence.others.getSnapshot())
        expect(presence.cursor).toBeGreaterThan(60 * second + 40)
    }
    expect(judged).toBe(0)
    return simulation
  })
})
