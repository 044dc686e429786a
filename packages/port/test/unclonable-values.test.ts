/** Values that no port can clone, given to a view. */
import type { Cluster } from '@hearsay/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MovingView, ViewBench } from './view-bench.ts'

let bench: ViewBench
let view: MovingView
beforeEach(async () => {
  bench = new ViewBench()
  await bench.run(1_000)
  view = await bench.movingView()
})
afterEach(() => bench.close())

const unclonable = (): void => {}
/** The calls of a view that pass a value of the app on. */
const calls: Readonly<Record<string, (cluster: Cluster) => Promise<unknown>>> = {
  invite: cluster => cluster.invite({ ttlMs: unclonable } as never),
  'invite with roles': cluster => cluster.invite({ roles: [unclonable] } as never),
  revoke: cluster => cluster.revoke(unclonable as never),
  renew: cluster => cluster.renew(unclonable as never),
  'keyring.add': cluster => cluster.keyring.add(unclonable as never),
  'keyring.remove': async cluster => await cluster.keyring.remove('x', { force: unclonable } as never),
  heldBy: cluster => cluster.heldBy({ timeoutMs: unclonable } as never),
  query: async cluster => await cluster.query('x', null, { timeoutMs: unclonable } as never),
  'query to': async cluster => await cluster.query('x', null, { to: [unclonable] } as never),
  room: cluster => cluster.room('x', { writers: [unclonable] } as never),
  config: cluster => cluster.config('x', { writers: [unclonable] } as never),
  settled: cluster => cluster.settled({ signal: unclonable } as never),
  'room.heldBy': async cluster => (await cluster.room('x')).heldBy({ timeoutMs: unclonable } as never),
  'room.broadcast': async cluster => (await cluster.room('x')).broadcast(unclonable as never),
  broadcast: cluster => cluster.broadcast('x', unclonable),
  update: async cluster => cluster.update({ tags: { x: unclonable } } as never),
  suspend: async cluster => cluster.suspend({ leaseMs: unclonable } as never),
  'presence.set': async cluster => (await cluster.room<{ x: unknown }>('x')).presence.set({ x: unclonable }),
  'config.set': async cluster => (await cluster.config('x')).set('x', unclonable as never),
}

describe.each(Object.entries(calls))('%s with a value that no port can clone', (_, call) => {
  it('rejects, and the view goes on over another port', async () => {
    const { cluster } = view
    const rejected = expect(call(cluster)).rejects.toThrow()
    await bench.run(20)
    await rejected
    await view.detach()
    await view.attach(bench.member)
    expect((await cluster.explain(bench.other().self.id)).status).toBe('alive')
  })

  it('rejects when there is no port, and the view goes on over the next one', async () => {
    const { cluster } = view
    await view.detach()
    const rejected = expect(call(cluster)).rejects.toThrow()
    await view.attach(bench.member)
    await bench.run(20)
    await rejected
    expect((await cluster.explain(bench.other().self.id)).status).toBe('alive')
  })
})
