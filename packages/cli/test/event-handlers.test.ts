/** `--exec`: commands at events of members. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster, ClusterEventType, Member } from '@hearsay/core'
import { describe, expect, it, vi } from 'vitest'
import type { RunningHandler } from '../src/exec/handler-process.ts'
import { createHandlers } from '../src/exec/handlers.ts'
import { addHandler } from '../src/exec/options.ts'
import { HearsayProcess, newCluster, startMember } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The shell of Windows has other commands. */
const onWindows = process.platform === 'win32'
const cluster = {} as Cluster

const eventOf = (event: ClusterEventType, id: string) => ({ event, member: { id } as Member, at: 0 })

/** Handlers whose commands end when the test lets them. */
function bench(...commands: string[]) {
  const started: string[] = []
  const ends = new Map<string, (failure?: string) => void>()
  const report = vi.fn()
  const handlers = createHandlers(
    commands.reduce<ReturnType<typeof addHandler>>((list, text) => addHandler(text, list), []),
    cluster,
    report,
    (command, { event, member }): RunningHandler => {
      const name = `${command} ${event} ${member.id}`
      started.push(name)
      const ended = new Promise<string | undefined>(resolve => ends.set(name, resolve))
      return { ended, close: async () => void (await ended) }
    },
  )
  const end = async (name: string, failure?: string) => {
    ends.get(name)?.(failure)
    await new Promise(resolve => setImmediate(resolve))
  }
  return { handlers, started, end, report }
}

describe('the option --exec', () => {
  it.each<[string, readonly ClusterEventType[] | undefined, string]>([
    ['./script', undefined, './script'],
    ['join=./script', ['join'], './script'],
    ['join,fail=./script a=b', ['join', 'fail'], './script a=b'],
    ['A=b ./script', undefined, 'A=b ./script'],
    ['joint=./script', undefined, 'joint=./script'],
  ])('reads %s', (text, events, command) => {
    expect(addHandler(text)).toEqual([{ events, command }])
  })
})

describe('handlers', () => {
  it('run at their events only', () => {
    const { handlers, started } = bench('fail=alarm', 'log')
    handlers.handle(eventOf('join', 'a'))
    handlers.handle(eventOf('fail', 'b'))
    expect(started).toEqual(['log join a', 'alarm fail b', 'log fail b'])
  })

  it('run four at once, the others as soon as one ends', async () => {
    const { handlers, started, end } = bench('log')
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) handlers.handle(eventOf('join', id))
    expect(started).toHaveLength(4)
    await end('log join b')
    expect(started.slice(4)).toEqual(['log join e'])
  })

  it('handle the events of one member in their order', async () => {
    const { handlers, started, end } = bench('log')
    handlers.handle(eventOf('join', 'a'))
    handlers.handle(eventOf('fail', 'a'))
    handlers.handle(eventOf('join', 'b'))
    expect(started).toEqual(['log join a', 'log join b'])
    await end('log join a')
    expect(started[2]).toBe('log fail a')
  })

  it('report a command that fails, and go on', async () => {
    const { handlers, started, end, report } = bench('log')
    handlers.handle(eventOf('join', 'a'))
    handlers.handle(eventOf('leave', 'a'))
    await end('log join a', 'ended with 1: no space')
    expect(report).toHaveBeenCalledExactlyOnceWith('log: ended with 1: no space')
    expect(started).toHaveLength(2)
  })

  it('keep 1,024 events waiting, and drop the oldest', async () => {
    const { handlers, started, end, report } = bench('log')
    for (let i = 0; i < 4 + 1_024 + 3; i++) handlers.handle(eventOf('join', `m${i}`))
    expect(report).toHaveBeenCalledExactlyOnceWith('--exec is too slow: 1 events were dropped')
    await end('log join m0')
    expect(started[4]).toBe('log join m7')
  })
})

describe.skipIf(onWindows)('hearsay join --exec', () => {
  it('gives the event in the environment and the member on standard input, without the secret', async () => {
    const secret = { HEARSAY_SECRET: 'a secret of sixteen or more characters' }
    const file = join(temporaryFolder(), 'events')
    const where = ['--json', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
    const name = newCluster()
    const ada = new HearsayProcess(
      secret,
      ...['join', name, '--name', 'ada', '--tag', 'my-zone=b', ...where],
      ...['--exec', `join=cat > ${file}; env >> ${file}; echo failed; exit 3`],
    )
    const { addresses } = await ada.json(({ event }) => event === 'ready')
    const bob = new HearsayProcess(
      secret,
      ...['join', name, '--name', 'b\u0007ob', '--tag', 'role=db', '--tag', 'x=y', ...where],
      ...['--bootstrap', String((addresses as string[])[0])],
    )
    const { id } = await bob.json(({ event }) => event === 'ready')
    expect(await ada.complaint()).toMatch(/^hearsay: cat > .*: ended with 3: failed$/)
    const [line, ...environment] = readFileSync(file, 'utf8').trim().split('\n')
    expect(line).toMatch(/^b\uFFFDob\t\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/\w+\tdb\trole=db,x=y$/)
    expect(environment).toEqual(
      expect.arrayContaining([
        'HEARSAY_EVENT=join',
        `HEARSAY_CLUSTER=${name}`,
        'HEARSAY_SELF_NAME=ada',
        'HEARSAY_TAG_MY_ZONE=b',
        `HEARSAY_MEMBER_ID=${id}`,
        'HEARSAY_MEMBER_NAME=b\uFFFDob',
        'HEARSAY_MEMBER_STATUS=alive',
      ]),
    )
    expect(environment.join()).not.toContain(secret.HEARSAY_SECRET)
  })

  it('does not wait for a command that hangs when the member leaves', async () => {
    const ada = await startMember(['join', newCluster()], 'ada')
    const hanging = await startMember(
      ['join', newCluster()],
      'bob',
      ...['--bootstrap', ada.address, '--exec', 'sleep 1000'],
    )
    hanging.process.signal('SIGTERM')
    expect(await hanging.process.ended).toBe(0)
  })
})
