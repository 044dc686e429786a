/** `--log`: what happens in a member's process, on stderr. */
import { describe, expect, it } from 'vitest'
import { HearsayProcess, newCluster } from './hearsay-process.ts'

/** Windows ends a process on a signal, without calling its handlers. */
const onWindows = process.platform === 'win32'
const secret = { HEARSAY_SECRET: 'a secret of sixteen or more characters' }
const where = ['--json', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']

/** Ada, and Bob who joins and leaves. Returns what Ada wrote to stderr, and its id. */
async function run(...options: string[]) {
  const cluster = newCluster()
  const ada = new HearsayProcess(
    secret,
    'join',
    cluster,
    '--name',
    'ada',
    '--tag',
    'key=private',
    ...where,
    ...options,
  )
  const { id, addresses } = await ada.json(({ event }) => event === 'ready')
  const bootstrap = ['--bootstrap', String((addresses as string[])[0])]
  const bob = new HearsayProcess(secret, 'join', cluster, '--name', 'bob', ...where, ...bootstrap)
  await ada.json(({ event }) => event === 'join')
  bob.signal('SIGTERM')
  await bob.ended
  await ada.json(({ event }) => event === 'leave')
  ada.signal('SIGTERM')
  await ada.ended
  return { id: String(id), lines: ada.stderr }
}

describe.skipIf(onWindows)('hearsay join --log', () => {
  it('writes one JSON object a line, with time, level, short id, component and message', async () => {
    const { id, lines } = await run('--log', 'json')
    const records = lines.map(line => JSON.parse(line))
    for (const record of records)
      expect(record).toMatchObject({
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: expect.stringMatching(/^(error|warn|info)$/),
        component: expect.stringMatching(/^hearsay/),
        message: expect.any(String),
      })
    expect(records.at(0)).toMatchObject({ member: id.slice(-8), message: expect.stringMatching(/^ready at/) })
    const events = records.filter(({ component }) => component === 'hearsay:members')
    expect(events.map(({ event, name, level }) => [event, name, level])).toEqual([
      ['join', 'bob', 'info'],
      ['leave', 'bob', 'info'],
    ])
  })

  it('never contains the secret or a tag, at no level', async () => {
    const { lines } = await run('--log', 'json', '--log-level', 'trace')
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object')
    expect(lines.join('\n')).not.toContain(secret.HEARSAY_SECRET)
    expect(lines.join('\n')).not.toContain('private')
  })

  it('writes text for people, from the level up', async () => {
    const { lines } = await run('--log', 'text', '--log-level', 'warn')
    expect(lines).toEqual([])
    const { id, lines: all } = await run('--log', 'text')
    expect(all[0]).toMatch(new RegExp(`^\\S+Z info  ${id.slice(-8)} hearsay:cli ready at /ip4/`))
  })

  it('reports in JSON why the command ends, too', async () => {
    const hearsay = new HearsayProcess(
      'join',
      'atlas',
      '--log',
      'json',
      '--listen',
      '/ip4/192.0.2.1/tcp/0',
      '--no-mdns',
    )
    expect(await hearsay.ended).toBe(2)
    expect(hearsay.stderr.map(line => JSON.parse(line)).at(-1)).toMatchObject({
      level: 'error',
      message: expect.stringMatching(/not an address of this computer/),
    })
  })
})
