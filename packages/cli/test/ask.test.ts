/** Commands that ask a member which runs on this machine: real processes on loopback. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  bin,
  HearsayProcess,
  type JsonLine,
  newCluster,
  type ReadyMember,
  startMember,
} from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Windows ends a process on a signal, without calling its handlers. */
const onWindows = process.platform === 'win32'
/** A long wait, for a busy machine. */
const loopback = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--wait', '30']

/** Processes with a folder of control sockets of their own. */
class Machine {
  readonly folder: string = temporaryFolder()
  readonly cluster: string = newCluster()

  async start(name: string, ...options: string[]): Promise<ReadyMember> {
    const control = options.includes('--no-control') ? [] : ['--control', this.folder]
    const member = await startMember(['join', this.cluster], name, ...control, ...options)
    if (control.length > 0) while (!(await this.ask('info')).stdout[0]?.includes(member.id));
    return member
  }

  /** Runs one command, and returns when its process has ended. */
  async ask(...args: string[]) {
    const command = new HearsayProcess({ HEARSAY_CONTROL: this.folder }, ...args, '--json')
    const exitCode = await command.ended
    return { exitCode, stdout: command.stdout, stderr: command.stderr }
  }

  async json(...args: string[]): Promise<JsonLine[]> {
    const { stdout } = await this.ask(...args)
    return stdout.map(line => JSON.parse(line))
  }
}

describe('a running member', () => {
  it('answers questions, and other members see no further member', async () => {
    const here = new Machine()
    const ada = await here.start('ada', '--tag', 'role=host')
    const bob = await here.start('bob', '--no-control', '--bootstrap', ada.address)
    await ada.process.json(({ event }) => event === 'join')

    const members = await here.json('members')
    expect(members.map(({ event, id, status }) => [event, id, status]).sort()).toEqual(
      [ada.id, bob.id].map(id => ['member', id, 'alive']).sort(),
    )
    expect(await here.json('members', '--tag', 'role=host')).toMatchObject([{ id: ada.id }])
    expect(await here.json('members', '--status', 'dead,left')).toEqual([])
    expect(await here.json('info')).toMatchObject([
      {
        cluster: here.cluster,
        id: ada.id,
        name: 'ada',
        attached: true,
        members: { alive: 2 },
        agreement: { known: 2, missing: [] },
        connections: 1,
      },
    ])
    expect(await here.ask('health')).toMatchObject({ exitCode: 0 })
    for (const who of ['bob', 'bo', bob.id, bob.id.slice(-8)])
      expect(await here.json('explain', who)).toMatchObject([
        { event: 'explanation', id: bob.id, status: 'alive', connected: true, facts: expect.any(Array) },
      ])
    expect(await here.ask('explain', 'eve')).toMatchObject({ exitCode: 1 })
    expect(await here.json('rtt', 'bob')).toMatchObject([{ id: bob.id, ms: expect.any(Number) }])
    expect(await here.ask('rtt', 'ada')).toMatchObject({
      exitCode: 1,
      stderr: [expect.stringMatching(/is this member itself$/)],
    })
    expect(await here.json('reachability')).toMatchObject([
      { id: bob.id, reach: 'this machine', connected: true, heartbeatAgeMs: expect.any(Number) },
    ])
    const joins = bob.process.stdout.map(line => JSON.parse(line)).filter(({ event }) => event === 'join')
    expect(joins.map(({ id }) => id)).toEqual([ada.id])
  })

  it('replaces the secret of its cluster', async () => {
    const here = new Machine()
    const [first, second] = ['first', 'second'].map(name => {
      const file = join(here.folder, `${name}.secret`)
      writeFileSync(file, `the ${name} secret of this cluster\n`)
      return file
    })
    await here.start('ada', '--secret-file', `${first}`)
    const [before] = await here.json('keys', 'list')
    expect(before).toMatchObject({ event: 'key', primary: true, holders: 1, members: 1, mayChange: true })
    const [, added] = await here.json('keys', 'add', `${second}`)
    expect(added).toMatchObject({ primary: false, holders: 1 })
    const [used, old] = await here.json('keys', 'use', `${added?.['fingerprint']}`)
    expect([used?.['fingerprint'], old?.['fingerprint']]).toEqual([
      added?.['fingerprint'],
      before?.['fingerprint'],
    ])
    expect(await here.ask('keys', 'remove', `${added?.['fingerprint']}`)).toMatchObject({ exitCode: 2 })
    expect(await here.json('keys', 'remove', `${before?.['fingerprint']}`)).toMatchObject([
      { fingerprint: added?.['fingerprint'], primary: true },
    ])
    expect(await here.ask('keys', 'add', `${first}`)).toMatchObject({ exitCode: 2 })
  })

  it('replaces the secret of a cluster with an authority only if it has the key of the authority', async () => {
    const [here, there] = [new Machine(), new Machine()]
    const [authority = '', first = '', second = '', ticket = ''] = ['key', 'first', 'second', 'ticket'].map(
      name => join(here.folder, name),
    )
    for (const file of [first, second]) writeFileSync(file, `the secret of ${file}\n`)
    await new HearsayProcess('found', here.cluster, '--out', authority).ended
    await here.start('ada', '--authority-file', authority, '--secret-file', first)
    const [invited] = await here.json('invite')
    writeFileSync(ticket, `${invited?.['ticket']}\n`)
    const bob = await startMember(['join'], 'bob', '--control', there.folder, '--ticket-file', ticket)
    await bob.process.json(({ event }) => event === 'join')
    const [before, added] = await here.json('keys', 'add', second)
    expect([before?.['mayChange'], added?.['mayChange']]).toEqual([true, true])
    const refused = await there.ask('keys', 'add', second)
    expect([refused.exitCode, refused.stderr.join()]).toEqual([2, expect.stringContaining("authority's key")])
    expect(await there.json('keys', 'list')).toMatchObject([{ mayChange: false }, { mayChange: false }])
    await here.json('keys', 'use', `${added?.['fingerprint']}`)
    expect(await here.json('keys', 'remove', '--force', `${before?.['fingerprint']}`)).toMatchObject([
      { fingerprint: added?.['fingerprint'], primary: true },
    ])
  })

  it('prints the fields that the README lists', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const listed = new Map(
      [...readme.matchAll(/\{"event":"(\w+)",([^}]*)\}/g)].map(([, event = '', fields = '']) => [
        event,
        new Set(['event', ...fields.replaceAll('"', '').split(',')]),
      ]),
    )
    const here = new Machine()
    const secret = join(here.folder, 'secret')
    writeFileSync(secret, 'the secret of this cluster\n')
    const ada = await here.start('ada', '--secret-file', secret, '--exec', 'query:load=echo 1')
    const others = ['--secret-file', secret, '--no-control', '--bootstrap', ada.address]
    await here.start('bob', ...others)
    await ada.process.json(({ event }) => event === 'join')
    const lines: JsonLine[] = []
    for (const question of [
      ...[
        'members',
        'info',
        'explain bob',
        'explain eve',
        'rtt bob',
        'reachability',
        'query load',
        'event e 1',
      ],
      ...['tags set a=b', 'keys list', 'leave'],
    ])
      lines.push(...(await here.json(...question.split(' '))))
    expect(new Set(lines.map(({ event }) => event))).toEqual(
      new Set([
        'member',
        'info',
        'explanation',
        'rtt',
        'reachability',
        'answer',
        'failure',
        'sent',
        'tags',
        'key',
        'left',
      ]),
    )
    for (const line of lines) {
      const fields = listed.get(String(line['event']))
      expect(
        Object.keys(line).filter(field => !fields?.has(field)),
        String(line['event']),
      ).toEqual([])
    }
  })

  it('changes its tags', async () => {
    const here = new Machine()
    const ada = await here.start('ada', '--tag', 'role=host')
    expect(await here.json('tags', 'set', 'zone=b', 'rack=7')).toMatchObject([
      { id: ada.id, tags: { role: 'host', zone: 'b', rack: '7' } },
    ])
    expect(await here.json('tags', 'delete', 'rack', 'role')).toMatchObject([{ tags: { zone: 'b' } }])
    expect(await here.json('info')).toMatchObject([{ tags: { zone: 'b' } }])
    expect(await here.ask('tags', 'set', `zone=${'x'.repeat(300)}`)).toMatchObject({ exitCode: 2 })
  })

  it('leaves and ends, and removes its socket', async () => {
    const here = new Machine()
    const ada = await here.start('ada')
    const bob = await here.start('bob', '--no-control', '--bootstrap', ada.address)
    await bob.process.json(({ event }) => event === 'join')
    expect(await here.ask('leave')).toMatchObject({ exitCode: 0 })
    expect(await ada.process.ended).toBe(0)
    expect(await bob.process.json(({ event }) => event === 'leave')).toMatchObject({ id: ada.id })
    expect(readdirSync(here.folder)).toEqual([])
  })

  it('takes part in configs and rooms for commands that do not join themselves', async () => {
    const here = new Machine()
    const ada = await here.start('ada')
    const joined = ['--bootstrap', ada.address]
    const room = await startMember(['presence', here.cluster, 'design'], 'bob', ...joined)
    const watch = await startMember(['config', 'watch', here.cluster, 'flags'], 'cyd', ...joined)
    await here.ask('config', 'set', here.cluster, 'flags', 'color', 'red', '--wait', '30')
    expect(await watch.process.json(({ event }) => event === 'change')).toMatchObject({
      value: 'red',
      by: ada.id,
    })

    const attached = new HearsayProcess(
      { HEARSAY_CONTROL: here.folder },
      ...['presence', here.cluster, 'design', '--set', 'mood=fine', '--json'],
    )
    expect(await attached.json(({ event }) => event === 'ready')).toMatchObject({ id: ada.id })
    expect(
      await room.process.json(({ presence }) => (presence as JsonLine)?.['mood'] === 'fine'),
    ).toMatchObject({ id: ada.id })
    if (onWindows) return
    attached.signal('SIGINT')
    expect(await attached.ended).toBe(0)
    expect(await room.process.json(({ event }) => event === 'leave')).toMatchObject({ id: ada.id })
  })

  it('prints its events and its log as they happen', async () => {
    const here = new Machine()
    const ada = await here.start('ada')
    const monitor = new HearsayProcess(
      { HEARSAY_CONTROL: here.folder },
      'monitor',
      '--level',
      'debug',
      '--json',
    )
    expect(await monitor.json(({ event }) => event === 'ready')).toMatchObject({ id: ada.id })
    const bob = await here.start('bob', '--no-control', '--bootstrap', ada.address)
    expect(await monitor.json(({ event }) => event === 'join')).toMatchObject({ id: bob.id })
    expect(await monitor.json(({ event }) => event === 'log')).toEqual({
      event: 'log',
      level: expect.stringMatching(/^(debug|info)$/),
      component: expect.any(String),
      message: expect.any(String),
      at: expect.any(Number),
    })
    await here.ask('leave')
    expect(await monitor.ended).toBe(0)
  })

  it('shows changes line by line', async () => {
    const here = new Machine()
    const ada = await here.start('ada')
    const watch = new HearsayProcess({ HEARSAY_CONTROL: here.folder }, 'members', '--watch', '--json')
    expect(await watch.json(({ event }) => event === 'member')).toMatchObject({ id: ada.id })
    const bob = await here.start('bob', '--no-control', '--bootstrap', ada.address)
    expect(await watch.json(({ event }) => event === 'join')).toMatchObject({ id: bob.id })
  })

  it('ends the commands that watch it when it leaves', async () => {
    const here = new Machine()
    await here.start('ada')
    const environment = { HEARSAY_CONTROL: here.folder }
    const watches = [
      new HearsayProcess(environment, 'members', '--watch', '--json'),
      new HearsayProcess(environment, 'config', 'watch', here.cluster, 'flags', '--json'),
      new HearsayProcess(environment, 'presence', here.cluster, 'design', '--json'),
    ]
    await Promise.all(watches.map(watch => watch.json(() => true)))
    await here.ask('leave')
    for (const watch of watches) {
      expect(await watch.ended).toBe(1)
      expect(watch.stderr.at(-1)).toBe('hearsay: the member has left, or its process has ended')
    }
  })

  it('is asked without loading libp2p, Yjs or a member', async () => {
    const here = new Machine()
    await here.start('ada')
    const loaded = `
      import { registerHooks } from 'node:module'
      registerHooks({
        load(url, context, next) {
          if (url.startsWith('file:')) process.stderr.write(url.split('/').pop() + '\\n')
          return next(url, context)
        },
      })`
    const preload = `data:text/javascript,${encodeURIComponent(loaded)}`
    const { status, stderr } = spawnSync(process.execPath, ['--import', preload, bin, 'members'], {
      env: { ...process.env, HEARSAY_CONTROL: here.folder },
    })
    const files = String(stderr).trim().split('\n')
    expect(status).toBe(0)
    expect(files).toContain('control-client.js')
    expect(files.filter(file => /start-member|yjs|multiaddr|column|control-server/.test(file))).toEqual([])
  })
})

describe('a command without a running member', () => {
  it('joins for the question, and leaves no trace', async () => {
    const here = new Machine()
    const ada = await here.start('ada')
    const other = new Machine()
    const question = ['members', '--cluster', here.cluster, '--bootstrap', ada.address, ...loopback]
    const listed = await other.json(...question)
    expect(listed.map(({ id }) => id)).toContain(ada.id)
    const left = await ada.process.json(({ event }) => event === 'leave')
    expect(listed.map(({ id }) => id)).toContain(left['id'])
    expect(await here.json('members')).toMatchObject([{ id: ada.id }])
  })

  it('says that no member runs here', async () => {
    const here = new Machine()
    for (const question of [['members'], ['info'], ['explain', 'bob'], ['tags', 'set', 'a=b'], ['leave']])
      expect(await here.ask(...question)).toEqual({
        exitCode: 2,
        stdout: [],
        stderr: [expect.stringMatching(/^hearsay: no member runs here/)],
      })
    expect(await here.ask('members', '--no-attach')).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/--cluster/)],
    })
  })

  it('says which members run here, if the command needs exactly one', async () => {
    const here = new Machine()
    await startMember(['join', here.cluster], 'ada', '--control', here.folder)
    const bob = await startMember(['join', here.cluster], 'bob', '--control', here.folder)
    while ((await here.ask('info', '--member', 'bob')).exitCode !== 0);
    while ((await here.ask('info', '--member', 'ada')).exitCode !== 0);
    expect(await here.ask('leave')).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/several members run here: .*ada.*Choose one with --member/)],
    })
    const [{ id = '' } = {}] = await here.json('info')
    const name = id === bob.id ? 'bob' : 'ada'
    expect((await here.ask('info')).stderr).toEqual([
      `hearsay: asked ${name} …${String(id).slice(-8)}, one of 2 members that run here. Choose another one with --member`,
    ])
    expect((await here.ask('info', '--member', 'bob')).stderr).toEqual([])
    expect(await here.json('leave', '--member', 'bob')).toMatchObject([{ event: 'left', id: bob.id }])
  })

  it('does not ask a member that was started with --no-control', async () => {
    const here = new Machine()
    await here.start('ada', '--no-control')
    expect(await here.ask('members')).toMatchObject({ exitCode: 2 })
  })
})
