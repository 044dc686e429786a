/** `--exec`: commands at events, and commands that answer queries. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AskedQuery, Cluster, ClusterEventType, Json, Member, QueryHandler } from '@hearsay/core'
import { describe, expect, it, vi } from 'vitest'
import { commandInput } from '../src/exec/command-input.ts'
import { type Outcome, type RunningHandler, startHandler } from '../src/exec/handler-process.ts'
import { createHandlers } from '../src/exec/handlers.ts'
import { addHandler } from '../src/exec/options.ts'
import { answerQueries } from '../src/exec/query-commands.ts'
import { HearsayProcess, newCluster, startMember } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The shell of Windows has other commands. */
const onWindows = process.platform === 'win32'
const bob = {
  id: 'b',
  name: 'bob',
  status: 'alive',
  incarnation: 7,
  addresses: [],
  tags: {},
} as unknown as Member
const cluster = {
  name: 'atlas',
  self: { id: 's', name: 'ada', tags: { 'my-zone': 'x' } },
  members: { getSnapshot: () => [bob] },
} as unknown as Cluster

const eventOf = (event: ClusterEventType, id: string) => ({ event, member: { ...bob, id }, at: 0 })

/** Handlers whose commands end when the test lets them. */
function bench(...commands: string[]) {
  const started: string[] = []
  const ends = new Map<string, (failure?: string) => void>()
  const report = vi.fn()
  const handlers = createHandlers(
    commands.reduce<ReturnType<typeof addHandler>>((list, text) => addHandler(text, list), []),
    cluster,
    report,
    (command, { variables: { HEARSAY_EVENT: event, HEARSAY_EVENT_NAME: what }, from }): RunningHandler => {
      const name = [command, event, what, from].filter(Boolean).join(' ')
      started.push(name)
      const ended = new Promise<Outcome>(resolve =>
        ends.set(name, failure => resolve(failure === undefined ? { output: '' } : { failure })),
      )
      return { ended, close: async () => void (await ended), kill() {} }
    },
  )
  const end = async (name: string, failure?: string) => {
    ends.get(name)?.(failure)
    await new Promise(resolve => setImmediate(resolve))
  }
  return { handlers, started, end, report }
}

describe('the option --exec', () => {
  it.each<[string, readonly string[] | undefined, readonly string[], string]>([
    ['./script', undefined, [], './script'],
    ['join=./script', ['join'], [], './script'],
    ['join,fail=./script a=b', ['join', 'fail'], [], './script a=b'],
    ['A=b ./script', undefined, [], 'A=b ./script'],
    ['joint=./script', undefined, [], 'joint=./script'],
    ['event=./script', ['event'], [], './script'],
    ['event:deploy,leave=./script', ['event:deploy', 'leave'], [], './script'],
    ['query:load=uptime', [], ['load'], 'uptime'],
    ['query:a:b,query:c,join=./script', ['join'], ['a:b', 'c'], './script'],
  ])('reads %s', (text, events, queries, command) => {
    expect(addHandler(text)).toEqual([{ events, queries, command }])
  })

  it.each(['', '  ', 'join=', 'query:load= '])('refuses an empty command: %j', text => {
    expect(() => addHandler(text)).toThrow('Give a command of the shell')
  })

  it.each([
    'query=./script',
    'query:=./script',
    'query:hearsay:table=./script',
    `query:${'x'.repeat(129)}=./a`,
  ])('refuses %s', text => {
    expect(() => addHandler(text)).toThrow(/query|queries/)
  })
})

describe('handlers', () => {
  it('run at their events only', () => {
    const { handlers, started } = bench('fail=alarm', 'log')
    handlers.handle(eventOf('join', 'a'))
    handlers.handle(eventOf('fail', 'b'))
    expect(started).toEqual(['log join a', 'alarm fail b', 'log fail b'])
  })

  it('run at events that members send, at all of them or at those of a name', () => {
    const { handlers, started } = bench('event=all', 'event:deploy=some', 'join=none', 'log')
    handlers.handle({ event: 'event', from: 'a', name: 'deploy', value: 1 })
    handlers.handle({ event: 'event', from: 'b', name: 'other', value: 1 })
    expect(started).toEqual([
      'all event deploy a',
      'some event deploy a',
      'log event deploy a',
      'all event other b',
    ])
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

describe('the input of a command', () => {
  it('is the name and the payload of an event, and its sender', () => {
    const { variables, input } = commandInput(
      { event: 'event', from: 'b', name: 'deploy\n', value: 'v3' },
      cluster,
    )
    expect(variables).toEqual({
      HEARSAY_EVENT: 'event',
      HEARSAY_EVENT_NAME: 'deploy\uFFFD',
      HEARSAY_CLUSTER: 'atlas',
      HEARSAY_SELF_ID: 's',
      HEARSAY_SELF_NAME: 'ada',
      HEARSAY_TAG_MY_ZONE: 'x',
      HEARSAY_MEMBER_ID: 'b',
      HEARSAY_MEMBER_NAME: 'bob',
      HEARSAY_MEMBER_STATUS: 'alive',
      HEARSAY_MEMBER_INCARNATION: '7',
    })
    expect(input).toBe('v3\n')
  })

  it.each<[Json, string]>([
    [null, ''],
    ['', ''],
    ['a\nb\n', 'a\nb\n'],
    [5, '5\n'],
    [{ a: [1] }, '{"a":[1]}\n'],
  ])('is for the payload %j', (value, input) => {
    expect(commandInput({ event: 'query', from: 'x', name: 'load', value }, cluster)).toMatchObject({
      input,
      variables: { HEARSAY_QUERY_NAME: 'load', HEARSAY_MEMBER_ID: 'x' },
    })
  })
})

describe.skipIf(onWindows)('a command that answers a query', () => {
  /** Asks the command, as a member would. */
  function asking(text: string, startProcess?: typeof startHandler) {
    const handlers = new Map<string, QueryHandler>()
    const report = vi.fn()
    const commands = answerQueries(
      addHandler(text),
      {
        ...cluster,
        answer: (name, handler) => handlers.set(name, handler) && (() => handlers.delete(name)),
      } as Cluster,
      report,
      startProcess,
    )
    const ask = async (value: Json = null, signal = new AbortController().signal) =>
      handlers.get('load')?.(value, { from: 'b', signal } satisfies AskedQuery)
    return { ask, report, commands, handlers }
  }

  it.each<[string, Json, Json]>([
    ['cat', 'text', 'text'],
    ['cat', { a: 1 }, { a: 1 }],
    ['printf %s "$HEARSAY_QUERY_NAME $HEARSAY_MEMBER_NAME"', null, 'load bob'],
    ['true', null, null],
    ['printf "a\\n\\n"', null, 'a\n'],
  ])('%s answers %j with its output', async (command, value, answer) => {
    expect(await asking(`query:load=${command}`).ask(value)).toEqual(answer)
  })

  it.each([
    ['echo no; exit 3', 'ended with 3: no'],
    ['head -c 20000 /dev/zero', 'wrote more than 16384 bytes'],
    ['head -c 16384 /dev/zero | tr "\\0" "\\""', 'its output: 32770 bytes, at most 16384'],
    ['echo 12345678901234567890', 'No number is 12345678901234567890'],
  ])('makes its query fail, and reports why: %s', async (command, reason) => {
    const { ask, report } = asking(`query:load=${command}`)
    await expect(ask()).rejects.toMatchObject({ name: 'AnswerFailedError', reason: 'error' })
    expect(report).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(reason))
  })

  it('ends with its query, and then reports no failure', async () => {
    const { ask, report } = asking('query:load=sleep 1000')
    const controller = new AbortController()
    const answered = expect(ask(null, controller.signal)).rejects.toThrow('error')
    controller.abort()
    await answered
    expect(report).not.toHaveBeenCalled()
  })

  it('waits while four others run, and does not run if nobody waits any more', async () => {
    const ends: (() => void)[] = []
    const { ask } = asking('query:load=./script', () => ({
      ended: new Promise<Outcome>(resolve => ends.push(() => resolve({ output: 'done' }))),
      close: async () => {},
      kill() {},
    }))
    const controller = new AbortController()
    const answers = [1, 2, 3, 4].map(() => ask())
    const late = ask(null, controller.signal)
    const last = ask()
    expect(ends).toHaveLength(4)
    controller.abort()
    await expect(late).rejects.toThrow('error')
    expect(ends).toHaveLength(4)
    ends[0]?.()
    await answers[0]
    await vi.waitFor(() => expect(ends).toHaveLength(5))
    for (const end of ends) end()
    expect(await Promise.all([...answers, last])).toEqual(Array(5).fill('done'))
  })

  it('answers no longer when the member leaves', async () => {
    const { commands, handlers } = asking('query:load=cat')
    expect(handlers.size).toBe(1)
    await commands.close()
    expect(handlers.size).toBe(0)
  })
})

describe.skipIf(onWindows)('a command that cannot be started', () => {
  it('fails, also if the process has no file descriptor left', () => {
    const file = new URL('../src/exec/handler-process.ts', import.meta.url).href
    const program = `
      import { openSync } from 'node:fs'
      import { startHandler } from '${file}'
      try {
        for (;;) openSync('/dev/null')
      } catch {}
      const { failure } = await startHandler('true', { from: 'b', variables: {}, input: '' }).ended
      console.log(failure)`
    const { status, stdout, stderr } = spawnSync('sh', [
      '-c',
      'ulimit -n 64; exec "$@"',
      'sh',
      ...[process.execPath, '--input-type=module', '--eval', program],
    ])
    expect([status, String(stdout)], String(stderr)).toEqual([0, expect.stringContaining('EMFILE')])
  })

  it('fails if the system refuses its arguments', async () => {
    const { ended, close } = startHandler('true', { from: 'b', variables: { A: 'a\0b' }, input: '' })
    expect(await ended).toEqual({ failure: expect.stringContaining('null bytes') })
    await close()
  })
})

describe.skipIf(onWindows)('hearsay join --exec', () => {
  it('answers queries, and receives events that members send', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'events')
    const ada = await startMember(
      ['join', newCluster(), '--control', folder],
      'ada',
      ...['--exec', 'query:load=sed s/^/load-/', '--exec', `event:deploy=cat > ${file}; echo got; exit 3`],
    )
    const run = async (...args: string[]) => {
      const command = new HearsayProcess({ HEARSAY_CONTROL: folder }, ...args)
      expect(await command.ended).toBe(0)
      return command.stdout
    }
    const stdout = await run('query', 'load', 'high', '--json')
    expect(stdout.map(line => JSON.parse(line))).toMatchObject([{ event: 'answer', value: 'load-high' }])
    await run('event', 'deploy', 'v3')
    expect(await ada.process.complaint()).toMatch(/^hearsay: cat > .*: ended with 3: got$/)
    expect(readFileSync(file, 'utf8')).toBe('v3\n')
  })

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
