/** `hearsay query` and `hearsay event`: real processes on loopback. */
import { spawnSync } from 'node:child_process'
import { joinCluster } from '@hearsay/core'
import { expect, it, vi } from 'vitest'
import { bin, HearsayProcess, newCluster, startMember } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const options = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false }

it('asks members over a running member, and sends an event to all', async () => {
  const folder = temporaryFolder()
  const cluster = newCluster()
  const bob = await joinCluster({ ...options, cluster, name: 'bob' })
  bob.answer('load', payload => ({ of: payload, jobs: 3 }))
  const received: unknown[] = []
  bob.events.addEventListener('broadcast', ({ detail }) => received.push(detail))
  const ada = await startMember(
    ['join', cluster],
    'ada',
    '--control',
    folder,
    '--bootstrap',
    bob.self.addresses[0] ?? '',
  )
  await ada.process.json(({ event }) => event === 'join')
  const run = async (...args: string[]) => {
    const command = new HearsayProcess({ HEARSAY_CONTROL: folder }, ...args)
    const exitCode = await command.ended
    return { exitCode, stdout: command.stdout, stderr: command.stderr }
  }

  const one = await run('query', 'load', 'cpu', '--to', 'bob', '--json')
  expect(one.exitCode).toBe(0)
  expect(one.stdout.map(line => JSON.parse(line))).toMatchObject([
    { event: 'answer', id: bob.self.id, name: 'bob', value: { of: 'cpu', jobs: 3 } },
  ])
  const all = await run('query', 'load')
  expect(all).toMatchObject({
    exitCode: 1,
    stdout: [expect.stringMatching(/^bob …\w+ {2}\{"of":null,"jobs":3\}$/)],
  })
  expect(all.stderr.join()).toMatch(/^ada …\w+ .*answers no queries of this name/)

  expect(await run('event', 'deploy', '{"version":3}')).toMatchObject({ exitCode: 0, stdout: [] })
  const printed = await ada.process.json(({ event }) => event === 'broadcast')
  const sent = { broadcast: 'deploy', value: { version: 3 } }
  expect(printed).toMatchObject({ id: ada.id, name: 'ada', ...sent })
  expect(received).toEqual([{ from: ada.id, name: 'deploy', value: { version: 3 } }])

  expect(await run('query', 'load', '--to', 'cyd')).toMatchObject({
    exitCode: 2,
    stderr: [expect.stringMatching(/--to: no member 'cyd' is known/)],
  })
  if (process.platform !== 'win32') {
    let isAsked = false
    bob.answer('slow', () => {
      isAsked = true
      return new Promise(() => undefined)
    })
    const slow = new HearsayProcess(
      { HEARSAY_CONTROL: folder },
      'query',
      'slow',
      '--to',
      'bob',
      '--timeout',
      '60',
    )
    await vi.waitUntil(() => isAsked, { timeout: 50_000 })
    slow.signal('SIGINT')
    expect([await slow.ended, slow.stdout, slow.stderr]).toEqual([1, [], []])
  }
  expect(await run('query', 'x'.repeat(200))).toMatchObject({ exitCode: 2 })
  expect(await run('query', 'load', '--timeout', '0')).toMatchObject({ exitCode: 2 })
  await bob.leave()
})

it('reads a payload from the standard input', async () => {
  const folder = temporaryFolder()
  const ada = await startMember(['join', newCluster()], 'ada', '--control', folder)
  const event = (input: string | Buffer) => {
    const { status, stderr } = spawnSync(process.execPath, [bin, 'event', 'plan', '-'], {
      env: { ...process.env, HEARSAY_CONTROL: folder },
      input,
    })
    return [status, String(stderr)]
  }
  expect(event('{"version":\n3}\n')).toEqual([0, ''])
  expect(await ada.process.json(({ event }) => event === 'broadcast')).toMatchObject({
    value: { version: 3 },
  })
  expect(event('two\nlines\n\n')).toEqual([0, ''])
  expect(await ada.process.json(({ value }) => value === 'two\nlines\n')).toMatchObject({ broadcast: 'plan' })
  expect(event(Buffer.from([0xff, 0xfe, 0]))).toEqual([2, expect.stringMatching(/no text in UTF-8/)])
  expect(event('x'.repeat(20_000))).toEqual([2, expect.stringMatching(/20002 bytes, at most 16384/)])
  expect(event('x'.repeat(1_048_577))).toEqual([2, expect.stringMatching(/more than 1 MiB/)])
  expect(event('12345678901234567890')).toEqual([2, expect.stringMatching(/No number is/)])
})
