/** `hearsay query` and `hearsay event`: real processes on loopback. */
import { joinCluster } from '@hearsay/core'
import { expect, it } from 'vitest'
import { HearsayProcess, newCluster, startMember } from './hearsay-process.ts'
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
  expect(await run('query', 'x'.repeat(200))).toMatchObject({ exitCode: 2 })
  expect(await run('query', 'load', '--timeout', '0')).toMatchObject({ exitCode: 2 })
  await bob.leave()
})
