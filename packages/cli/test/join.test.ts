/** `hearsay join --json`: real processes on loopback see each other join and leave. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bin, HearsayProcess, newCluster, startMember as start } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Nothing listens on port 1: only root could. */
const unreachable = '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWF31uo8LY5RbfzuhGYTUuUPgh7CUzzJjjgHTVHKAqzDYa'
const startMember = (cluster: string, name: string, ...options: string[]) =>
  start(['join', cluster], name, ...options)

/** Windows ends a process on a signal, without calling its handlers. */
const onWindows = process.platform === 'win32'

describe('hearsay relay', () => {
  it('listens for browsers, too, unless an address is given', async () => {
    const relay = new HearsayProcess('relay', newCluster(), '--json', '--no-mdns')
    const { addresses } = await relay.json(({ event }) => event === 'ready')
    expect(addresses).toContainEqual(expect.stringMatching(/\/tcp\/\d+\/ws\/p2p\//))
    expect(addresses).toContainEqual(expect.stringMatching(/\/tcp\/\d+\/p2p\//))
  })

  it('says that anybody may use it, unless the cluster has a secret', async () => {
    const relay = new HearsayProcess('relay', newCluster(), '--json', '--no-mdns')
    expect(await relay.complaint()).toMatch(/anybody who knows the cluster's name may use this relay/)
    const secret = { HEARSAY_SECRET: 'a secret of sixteen or more characters' }
    const other = new HearsayProcess(secret, 'relay', newCluster(), '--json', '--no-mdns')
    await other.json(({ event }) => event === 'ready')
    other.signal('SIGTERM')
    await other.ended
    expect(other.stderr).toEqual([])
  })
})

describe('hearsay join', () => {
  it('prints first that it is ready, and its addresses', async () => {
    const { process } = await startMember(newCluster(), 'ada')
    expect(process.stdout.map(line => JSON.parse(line))).toEqual([
      {
        event: 'ready',
        id: expect.stringMatching(/^12D3KooW\w{44}$/),
        addresses: [expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3KooW\w{44}$/)],
        at: expect.any(Number),
      },
    ])
  })

  it.skipIf(onWindows)('reports a member that joins and leaves, and never itself', async () => {
    const cluster = newCluster()
    const ada = await startMember(cluster, 'ada')
    const bob = await startMember(cluster, 'bob', '--bootstrap', ada.address)
    expect(await bob.process.json(({ event }) => event === 'join')).toMatchObject({ id: ada.id, name: 'ada' })
    const joined = await ada.process.json(({ event }) => event === 'join')
    expect(joined).toEqual({
      event: 'join',
      id: bob.id,
      name: 'bob',
      incarnation: expect.any(Number),
      at: expect.any(Number),
    })

    bob.process.signal('SIGTERM')
    const left = await ada.process.json(({ event }) => event === 'leave')
    expect(left).toEqual({ ...joined, event: 'leave', at: expect.any(Number) })
    const events = ada.process.stdout.map(line => JSON.parse(line).event)
    expect(events).toEqual(['ready', 'join', 'leave'])
  })

  it.skipIf(onWindows).each(['SIGINT', 'SIGTERM'] as const)(
    'leaves on %s and exits with 0 within 2 s',
    async signal => {
      const cluster = newCluster()
      const ada = await startMember(cluster, 'ada')
      const bob = await startMember(cluster, 'bob', '--bootstrap', ada.address)
      await bob.process.json(({ event }) => event === 'join')
      const sinceMs = performance.now()
      bob.process.signal(signal)
      expect(await bob.process.ended).toBe(0)
      // The only promise about wall-clock time that users' scripts may rely on.
      expect(performance.now() - sinceMs).toBeLessThan(2_000)
      expect(await ada.process.json(({ event }) => event === 'leave')).toMatchObject({ id: bob.id })
    },
  )

  it.skipIf(onWindows)('exits with 0 on a signal that arrives before its code is loaded', async () => {
    const signalled = `
      import { registerHooks } from 'node:module'
      registerHooks({
        load(url, context, next) {
          if (url.endsWith('/dist/main.js')) process.kill(process.pid, 'SIGTERM')
          return next(url, context)
        },
      })`
    const preload = `data:text/javascript,${encodeURIComponent(signalled)}`
    const child = spawn(process.execPath, ['--import', preload, bin, 'join', newCluster(), '--no-mdns'])
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it.skipIf(onWindows)('ends also while it still dials its bootstrap', async () => {
    const hearsay = new HearsayProcess(
      'join',
      newCluster(),
      '--json',
      '--no-mdns',
      '--bootstrap',
      unreachable,
    )
    await hearsay.json(({ event }) => event === 'ready')
    hearsay.signal('SIGINT')
    expect(await hearsay.ended).toBe(0)
  })

  it('joins with the secret of a file or of the environment, and says that a secret is wrong', async () => {
    const cluster = newCluster()
    const file = join(temporaryFolder(), 'secret')
    writeFileSync(file, 'a secret of sixteen or more characters\n')
    const ada = await startMember(cluster, 'ada', '--secret-file', file)
    const bob = new HearsayProcess(
      { HEARSAY_SECRET: 'a secret of sixteen or more characters' },
      ...['join', cluster, '--json', '--no-mdns', '--name', 'bob', '--bootstrap', ada.address],
    )
    expect(await bob.json(({ event }) => event === 'join')).toMatchObject({ id: ada.id })

    writeFileSync(file, 'another secret of some length\n')
    const eve = await startMember(cluster, 'eve', '--secret-file', file, '--bootstrap', ada.address)
    expect(await eve.process.complaint()).toMatch(
      /^hearsay: The peer at \/ip4\/127.* did not accept this member's secret\. Give both ends the same secret /,
    )
    expect(eve.process.stdout).toHaveLength(1)
  })

  it('reports that the bootstrap does not answer, and joins as soon as it does', async () => {
    const cluster = newCluster()
    const storage = temporaryFolder()
    const first = await startMember(cluster, 'ada', '--storage', storage)
    first.process.signal('SIGKILL')
    await first.process.ended

    const bob = await startMember(cluster, 'bob', '--bootstrap', first.address)
    expect(await bob.process.complaint()).toMatch(/^hearsay: no answer from .* still trying$/)

    const port = /tcp\/(\d+)/.exec(first.address)?.[1]
    const ada = new HearsayProcess(
      ...['join', cluster, '--json', '--name', 'ada', '--no-mdns', '--storage', storage],
      ...['--listen', `/ip4/127.0.0.1/tcp/${port}`],
    )
    expect(await bob.process.json(({ event }) => event === 'join')).toMatchObject({
      id: first.id,
      name: 'ada',
    })
    expect(await ada.json(({ event }) => event === 'join')).toMatchObject({ id: bob.id, name: 'bob' })
  }, 90_000)

  it('restarts from its storage as the same member with a greater incarnation', async () => {
    const cluster = newCluster()
    const storage = temporaryFolder()
    const ada = await startMember(cluster, 'ada')
    const first = await startMember(cluster, 'bob', '--bootstrap', ada.address, '--storage', storage)
    const joined = await ada.process.json(({ event }) => event === 'join')
    first.process.signal('SIGKILL')
    await first.process.ended

    const again = await startMember(cluster, 'bob', '--bootstrap', ada.address, '--storage', storage)
    expect(again.id).toBe(first.id)
    const back = await ada.process.json(
      ({ incarnation }) => Number(incarnation) > Number(joined['incarnation']),
    )
    expect(back).toMatchObject({ id: first.id, name: 'bob' })
  })
})
