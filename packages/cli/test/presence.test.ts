/** `hearsay presence`: real processes on loopback see each other in a room. */
import { describe, expect, it } from 'vitest'
import { HearsayProcess, newCluster, startMember } from './hearsay-process.ts'

/** Windows ends a process on a signal, without calling its handlers. */
const onWindows = process.platform === 'win32'

describe('hearsay presence', () => {
  it.skipIf(onWindows)('reports members that enter and leave, and their presence', async () => {
    const room = ['presence', newCluster(), 'design']
    const ada = await startMember(room, 'ada', '--set', 'mood=fine')
    const shown = ['--set', 'cursor={"x":1}', '--set', 'typing=true']
    const bob = await startMember(room, 'bob', '--bootstrap', ada.address, ...shown)
    const presence = { cursor: { x: 1 }, typing: true }
    const shows = (name: string) => (line: { readonly [field: string]: unknown }) =>
      line['name'] === name && Object.keys(line['presence'] as object).length > 0
    expect(await ada.process.json(shows('bob'))).toMatchObject({ id: bob.id, presence })
    expect(await bob.process.json(shows('ada'))).toMatchObject({ id: ada.id, presence: { mood: 'fine' } })

    bob.process.signal('SIGINT')
    expect(await bob.process.ended).toBe(0)
    expect(await ada.process.json(({ event }) => event === 'leave')).toMatchObject({
      id: bob.id,
      name: 'bob',
    })
    const [ready, enter] = ada.process.stdout.map(line => JSON.parse(line).event)
    expect([ready, enter]).toEqual(['ready', 'enter'])
  })

  it.skipIf(onWindows)('prints text lines if stdout is no terminal', async () => {
    const cluster = newCluster()
    const ada = await startMember(['presence', cluster, 'design'], 'ada', '--set', 'mood=fine')
    const where = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--bootstrap', ada.address]
    const bob = new HearsayProcess('presence', cluster, 'design', '--name', 'bob', ...where)
    expect(await bob.line(/ada/)).toMatch(/^\d\d:\d\d:\d\d {2}(enter|update) +ada/)
    expect(await bob.line(/mood=/)).toMatch(/^\d\d:\d\d:\d\d {2}(enter|update) +ada +mood=fine$/)
  })
})
