import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer, connect as netConnect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Health } from '@hearsay/core'
import { InvalidOptionsError, ListenError, NotRunningError } from '@hearsay/core'
import { logger } from '@libp2p/logger'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { defaultFolder } from '../../src/control/control-folder.ts'
import {
  type ConnectControlOptions,
  type ControlSocket,
  connectControl,
  followControlLog,
  listControl,
  type ServeControlOptions,
  serveControl,
} from '../../src/node.ts'
import { ViewBench } from '../view-bench.ts'

/** Only ends a test that hangs. */
const within = { timeout: 20_000 }

const onWindows = process.platform === 'win32'
let bench: ViewBench
let folder: string
let sockets: ControlSocket[]
beforeEach(async () => {
  bench = new ViewBench()
  await bench.run(1_000)
  folder = mkdtempSync(join(tmpdir(), 'hearsay-'))
  sockets = []
})
afterEach(async () => {
  await Promise.all(sockets.map(socket => socket.close()))
  bench.close()
  rmSync(folder, { recursive: true, force: true })
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

async function serve(name = 'm0', options: ServeControlOptions = {}): Promise<ControlSocket> {
  const socket = await serveControl(bench.other(name), { folder, ...options })
  sockets.push(socket)
  return socket
}

/** From now on, this process is root's, and the folder another user's. */
function actAsRootOf(folder: string): void {
  if (process.getuid?.() === 0) chownSync(folder, 65_534, 65_534)
  else vi.spyOn(process, 'getuid').mockReturnValue(0)
}

describe('a control socket', () => {
  it.skipIf(onWindows)('can be opened by its user only, and is removed when it closes', async () => {
    const { path, close } = await serve()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{16}-\w{8}\.sock$/)])
    await close()
    expect(readdirSync(folder)).toEqual([])
  })

  it.skipIf(onWindows)('is in XDG_RUNTIME_DIR, if that is a folder of the user', async () => {
    vi.stubEnv('XDG_RUNTIME_DIR', folder)
    const socket = await serveControl(bench.other('m1'))
    sockets.push(socket)
    expect(socket.path.startsWith(join(folder, 'hearsay', '/'))).toBe(true)
    expect(await listControl({ cluster: bench.member.name })).toMatchObject([{ path: socket.path }])
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const long = join(folder, 'x'.repeat(60))
    mkdirSync(long)
    for (const other of [long, join(folder, 'missing'), file, join(file, 'below'), 'relative', '']) {
      vi.stubEnv('XDG_RUNTIME_DIR', other)
      expect(defaultFolder()).toBe(join(tmpdir(), `hearsay-${process.getuid?.()}`))
    }
  })

  it('gives a view of the member, whose end does not end the member', async () => {
    await serve()
    const cluster = await connectControl({ folder })
    expect(cluster.members.getSnapshot()).toEqual(bench.member.members.getSnapshot())
    expect(cluster.self.id).toBe(bench.member.self.id)
    await cluster.leave()
    expect(bench.member.self.status).toBe('alive')
  })

  it('lists the members that run here, ordered by id', async () => {
    for (const name of ['m2', 'm0', 'm1']) await serve(name)
    const ids = ['m0', 'm1', 'm2'].map(name => bench.other(name).self.id)
    const list = await listControl({ folder, cluster: bench.member.name })
    expect(list.map(({ id }) => id)).toEqual(ids.sort())
    expect(list[0]).toMatchObject({ cluster: bench.member.name, pid: process.pid })
    expect(await listControl({ folder, cluster: 'another' })).toEqual([])
  })

  it('finds a member by its name, its id and the end of its id', async () => {
    for (const name of ['m0', 'm1']) await serve(name)
    const { id, name } = bench.other('m1').self
    for (const member of [name, id, id.slice(-8), `…${id.slice(-8)}`]) {
      const cluster = await connectControl({ folder, member })
      expect(cluster.self.id).toBe(id)
      await cluster.leave()
    }
    await expect(connectControl({ folder, member: 'eve' })).rejects.toThrow(NotRunningError)
  })

  describe('of several members', () => {
    /** The names `m…` of the members, those with the smallest ids first. */
    const ordered = () =>
      ['m0', 'm1', 'm2'].sort((a, b) => (bench.other(a).self.id < bench.other(b).self.id ? -1 : 1))
    const serveAll = () => Promise.all(ordered().map(name => serve(name)))
    const asked = async (options: ConnectControlOptions = {}) => {
      const view = await connectControl({ folder, ...options })
      await view.leave()
      return view.self.id
    }
    const idOf = (name = '') => bench.other(name).self.id

    it('is the one with the smallest id, and the client learns that there are others', async () => {
      const [first] = ordered()
      await serveAll()
      const chosen = vi.fn()
      expect(await asked({ chosen })).toBe(idOf(first))
      expect(chosen).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: idOf(first) }), 3)
      expect(await asked({ chosen, member: idOf(first) })).toBe(idOf(first))
      expect(chosen).toHaveBeenCalledTimes(1)
      await expect(asked({ only: true })).rejects.toThrow(/several members run here: .*, .*, .*Name one/)
      expect(await asked({ only: true, member: idOf(first) })).toBe(idOf(first))
    })

    it('is none that is excluded from its cluster, unless there is no other', async () => {
      const [first = '', second = '', third = ''] = ordered()
      await serveAll()
      const exclude = (name: string) => {
        const { health } = bench.other(name)
        const excluded: Health = { ...health.getSnapshot(), grantsEnd: 'revoked' }
        vi.spyOn(health, 'getSnapshot').mockReturnValue(excluded)
      }
      exclude(first)
      expect(await asked()).toBe(idOf(second))
      expect((await listControl({ folder })).map(({ state }) => state)).toEqual([
        'excluded',
        'present',
        'present',
      ])
      expect(await asked({ member: idOf(first) })).toBe(idOf(first))
      for (const name of [second, third]) exclude(name)
      expect(await asked()).toBe(idOf(first))
    })

    it('is none that leaves', async () => {
      const [first = '', second] = ordered()
      await serveAll()
      const id = idOf(first)
      const leaving = bench.other(first).leave()
      await bench.run(2_000)
      await leaving
      expect(await asked()).toBe(idOf(second))
      await expect(asked({ member: id })).rejects.toThrow(NotRunningError)
    })

    it.skipIf(onWindows)(
      'is one that answers, and the client does not wait long for another one',
      async () => {
        const [first = '', second = ''] = ordered()
        const { path } = await serve(first)
        await sockets[0]?.close()
        const mute = createServer().listen(path)
        await once(mute, 'listening')
        onTestFinished(() => void mute.close())
        await serve(second)
        // The member that does not answer is never given up, and the time for the others is over at once.
        const { setTimeout: start } = globalThis
        vi.spyOn(globalThis, 'setTimeout').mockImplementation(((call: () => void, ms?: number) =>
          start(call, ms === 1_000 ? 0 : ms === 5_000 ? 2 ** 31 - 1 : ms)) as typeof setTimeout)
        const chosen = vi.fn()
        const ids = [asked({ chosen }), asked({ member: idOf(second) })]
        await expect(asked({ only: true })).rejects.toThrow(/several members run here: .*does not answer/)
        expect(await Promise.all(ids)).toEqual([idOf(second), idOf(second)])
        expect(chosen).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: idOf(second) }), 2)
      },
    )
  })

  it.skipIf(onWindows)('says that a socket belongs to another user', async () => {
    const { path } = await serve()
    chmodSync(path, 0)
    // Root can open it in any case.
    const user = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    if ('uid' in user) chownSync(folder, user.uid, user.uid)
    const file = new URL('../../src/node.ts', import.meta.url).href
    const program = `
      import { connectControl } from '${file}'
      await connectControl({ folder: process.argv[1] }).catch(({ message }) => console.log(message))`
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program, folder],
      user,
    )
    expect(String(stdout), String(stderr)).toMatch(/its socket belongs to another user/)
  })

  it('ends the member only for a client that asked for it', async () => {
    const { member } = bench
    await serve()
    const cluster = await connectControl({ folder, mayLeave: true })
    const left = vi.fn()
    void cluster.leave().then(left)
    await vi.waitFor(async () => {
      await bench.simulation.run(2_000)
      expect(left).toHaveBeenCalled()
    }, within)
    expect(member.self.status).toBe('left')
  })

  it('never ends a member that does not allow it', async () => {
    await serve('m0', { allow: { leave: false, update: false } })
    const cluster = await connectControl({ folder, mayLeave: true })
    expect(() => cluster.update({ name: 'eve' })).toThrow(/may not do that/)
    await cluster.leave()
    expect(bench.member.self.status).toBe('alive')
  })

  it.skipIf(process.platform !== 'linux')('refuses a folder that the file system cannot create', async () => {
    await expect(serve('m0', { folder: '/proc/hearsay/control' })).rejects.toThrow(ListenError)
    await serve('m0', { folder: join(folder, 'a', 'b') })
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
  })

  it('refuses a folder whose path is too long, and a member that has left', async () => {
    const long = join(folder, 'a'.repeat(300))
    for (const call of [listControl({ folder: long }), connectControl({ folder: long })]) {
      if (onWindows) await call.catch(() => {})
      else await expect(call).rejects.toThrow(InvalidOptionsError)
    }
    const { member } = bench
    const left = member.leave()
    await bench.run(2_000)
    await left
    await expect(serveControl(member, { folder })).rejects.toThrow(
      new NotRunningError('serveControl: the cluster was left'),
    )
  })

  it('says that no member runs here', async () => {
    await expect(connectControl({ folder })).rejects.toThrow(NotRunningError)
    await expect(connectControl({ folder: join(folder, 'missing') })).rejects.toThrow(/no member runs here/)
  })

  it.skipIf(onWindows)('removes the socket of a process that was killed', async () => {
    const { path } = await serve()
    await sockets[0]?.close()
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    expect(readdirSync(folder)).toHaveLength(1)
    expect(await listControl({ folder })).toEqual([])
    // A command ends as soon as the call has resolved.
    expect(readdirSync(folder)).toEqual([])
  })

  it.skipIf(onWindows)('returns after its folder was removed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { path, close } = await serve()
    const view = await connectControl({ folder })
    rmSync(folder, { recursive: true })
    vi.advanceTimersByTime(10_000)
    await vi.waitFor(() => expect(existsSync(path)).toBe(true), within)
    expect(await listControl({ folder })).toHaveLength(1)
    expect(view.self.status).toBe('alive')
    await close()
    vi.advanceTimersByTime(20_000)
    expect(readdirSync(folder)).toEqual([])
  })

  it.skipIf(onWindows)('replaces the socket that a killed process of the same member has left', async () => {
    const { path } = await serve()
    await sockets[0]?.close()
    writeFileSync(path, '')
    await serve()
    expect(await listControl({ folder })).toHaveLength(1)
  })

  it.skipIf(onWindows)('stays when an older socket of the same member closes', async () => {
    const { path, close } = await serve()
    const later = await serve()
    expect(later.path).toBe(path)
    await close()
    expect(await listControl({ folder })).toHaveLength(1)
    await later.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it.skipIf(onWindows)(
    'can be asked by root in a folder that root names, but not created there',
    async () => {
      await serve()
      actAsRootOf(folder)
      expect(await listControl({ folder })).toHaveLength(1)
      await (await connectControl({ folder })).leave()
      await expect(serve('m1')).rejects.toThrow(/a folder of this user/)
    },
  )

  it.skipIf(onWindows)(
    'is not asked by root in a folder that another user made in place of its own',
    async () => {
      vi.stubEnv('XDG_RUNTIME_DIR', '')
      vi.stubEnv('TMPDIR', folder)
      const made = join(folder, 'hearsay-0')
      mkdirSync(made, { mode: 0o700 })
      actAsRootOf(made)
      expect(defaultFolder()).toBe(made)
      await expect(listControl()).rejects.toThrow(/a folder of this user/)
      await expect(connectControl({ folder: made })).rejects.toThrow(/a folder of this user/)
    },
  )

  it.skipIf(onWindows)('does not use a folder that other users can write to', async () => {
    chmodSync(folder, 0o755)
    await expect(serve()).rejects.toThrow(/mode 0700/)
    await expect(connectControl({ folder })).rejects.toThrow(InvalidOptionsError)
  })

  it.skipIf(onWindows)('says that the path is too long, or that it cannot be used', async () => {
    await expect(serve('m0', { folder: join(folder, 'x'.repeat(100)) })).rejects.toThrow(/at most 102 bytes/)
    writeFileSync(join(folder, 'file'), '')
    await expect(serve('m0', { folder: join(folder, 'file', 'hearsay') })).rejects.toThrow(ListenError)
  })

  it('refuses unknown options', async () => {
    await expect(serve('m0', { fold: '' } as never)).rejects.toThrow(/unknown option 'fold'/)
    await expect(connectControl({ memer: '' } as never)).rejects.toThrow(/did you mean 'member'/)
    await expect(listControl({ port: 1 } as never)).rejects.toThrow(/unknown option 'port'/)
  })

  it.each([null, 5, '', {}, 'a\0b'])('refuses %j instead of a text', async value => {
    const text = value as never
    for (const call of [
      serve('m0', { folder: text }),
      listControl({ folder: text }),
      listControl({ folder, cluster: text }),
      connectControl({ folder, member: text }),
      followControlLog(() => {}, { folder, level: text }),
    ])
      await expect(call).rejects.toThrow(InvalidOptionsError)
    await expect(connectControl({ folder, mayLeave: text })).rejects.toThrow(/mayLeave: give true or false/)
    await expect(connectControl({ folder, only: text })).rejects.toThrow(/only: give true or false/)
    await expect(connectControl({ folder, chosen: text })).rejects.toThrow(/chosen: give a function/)
    await expect(followControlLog(text, { folder })).rejects.toThrow(/give functions/)
  })

  it('accepts 32 connections at once', async () => {
    const { path } = await serve()
    const open: Socket[] = Array.from({ length: 32 }, () => netConnect(path))
    await Promise.all(open.map(socket => once(socket, 'connect')))
    await vi.waitFor(() => expect(sockets[0]?.connections).toBe(32), within)
    await expect(connectControl({ folder })).rejects.toThrow(/too many connections/)
    for (const socket of open) socket.destroy()
    await vi.waitFor(() => expect(sockets[0]?.connections).toBe(0), within)
    await (await connectControl({ folder })).leave()
  })

  it('disconnects a client that does not speak its protocol', async () => {
    const { path } = await serve()
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(64, 0xff),
      Buffer.from([3, 1, 2, 3]),
    ]) {
      const socket = netConnect(path)
      socket.on('error', () => {})
      socket.write(bytes)
      socket.end()
      await once(socket, 'close')
    }
    await (await connectControl({ folder })).leave()
  })

  it.skipIf(onWindows)('says that a member does not answer', async () => {
    const { path } = await serve()
    await sockets[0]?.close()
    const mute = createServer().listen(path)
    await once(mute, 'listening')
    await expect(connectControl({ folder })).rejects.toThrow(/does not answer/)
    mute.close()
  })

  it('ends its views when it closes', async () => {
    await serve()
    const cluster = await connectControl({ folder })
    await sockets[0]?.close()
    await vi.waitFor(() => expect(() => cluster.update({ name: 'ada' })).toThrow(NotRunningError), within)
  })

  it('sends the log of the process, from the level up', async () => {
    await serve()
    const write = vi.fn()
    const stop = await followControlLog(write, { folder, level: 'info' })
    const log = logger('hearsay:test')
    await vi.waitFor(() => {
      log('the answer is %d', 42)
      expect(write).toHaveBeenCalled()
    }, within)
    logger('libp2p:tcp')('not of interest')
    log.error('the store fails')
    await vi.waitFor(() => expect(write.mock.lastCall?.[0]).toMatchObject({ level: 'error' }), within)
    expect(write.mock.calls[0]).toEqual([
      { atMs: expect.any(Number), level: 'info', component: 'hearsay:test', message: 'the answer is 42' },
      0,
    ])
    expect(write.mock.calls.every(([{ component }]) => component.startsWith('hearsay'))).toBe(true)
    stop()
    await vi.waitFor(() => expect(sockets[0]?.connections).toBe(0), within)
    expect(logger('hearsay:test').enabled).toBe(false)
  })
})
