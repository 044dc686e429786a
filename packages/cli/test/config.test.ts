/** `hearsay config …`: real processes on loopback share a config. */
import { describe, expect, it } from 'vitest'
import { HearsayProcess, newCluster, type ReadyMember, startMember } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A long wait, for a busy machine; a later --wait overrides it. */
const usual = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--wait', '30']
/** A member id that no member here has. */
const unknownId = '12D3KooWF31uo8LY5RbfzuhGYTUuUPgh7CUzzJjjgHTVHKAqzDYa'

const watchFlags = (cluster: string, ...options: string[]): Promise<ReadyMember> =>
  startMember(['config', 'watch', cluster, 'flags'], 'ada', ...options)

/** Runs one command, and returns when its process has ended. */
async function ask(type: string, cluster: string, ...rest: string[]) {
  const command = new HearsayProcess('config', type, cluster, 'flags', ...usual, ...rest)
  const exitCode = await command.ended
  return { exitCode, stdout: command.stdout, stderr: command.stderr }
}

describe('hearsay config', () => {
  it('writes, and ends when another member stores the value; reads values of other members', async () => {
    const cluster = newCluster()
    const ada = await watchFlags(cluster)
    const bootstrap = ['--bootstrap', ada.address]
    const change = (fits: (value: unknown) => boolean) =>
      ada.process.json(({ event, value }) => event === 'change' && fits(value))

    expect(await ask('set', cluster, 'color', 'red', '--name', 'bob', ...bootstrap)).toEqual({
      exitCode: 0,
      stdout: ['color = red, ada has it, too'],
      stderr: [],
    })
    expect(await change(value => value === 'red')).toMatchObject({ key: 'color', by: expect.any(String) })

    const written = await ask('set', cluster, 'color', '{"r":255}', '--json', ...bootstrap)
    expect(written.stdout.map(line => JSON.parse(line))).toEqual([
      { event: 'written', key: 'color', value: { r: 255 }, heldBy: ada.id, at: expect.any(Number) },
    ])
    expect(await change(value => typeof value === 'object')).toMatchObject({ previous: 'red' })

    expect(await ask('get', cluster, 'color', ...bootstrap)).toMatchObject({ stdout: ['{"r":255}'] })
    const list = await ask('list', cluster, ...bootstrap)
    expect(list.stdout).toEqual([
      expect.stringMatching(/^key {4}written {14}by {6} *value$/),
      expect.stringMatching(/^color {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\S+ {2}\{"r":255\}$/),
    ])

    expect(await ask('delete', cluster, 'color', ...bootstrap)).toMatchObject({ exitCode: 0 })
    expect(await change(value => value === undefined)).toMatchObject({ previous: { r: 255 } })
    const history = await ask('history', cluster, 'color', '--json', ...bootstrap)
    expect(history.stdout.map(line => JSON.parse(line))).toMatchObject([
      { event: 'version', key: 'color', from: { r: 255 } },
      { from: 'red', to: { r: 255 } },
      { to: 'red' },
    ])
    expect(await ask('get', cluster, 'color', ...bootstrap)).toEqual({
      exitCode: 1,
      stdout: [],
      stderr: ["hearsay: there is no 'color' in 'flags'"],
    })
  }, 90_000)

  it.each<[args: string[], value: unknown]>([
    [['-5'], -5],
    [['-1e3'], -1000],
    [['--', '-J6vK'], '-J6vK'],
    [['--', '--5'], '--5'],
    [['9007199254740991'], 9_007_199_254_740_991],
    [['"1e400"'], '1e400'],
    [['0.1'], 0.1],
    [['NaN'], 'NaN'],
    [[' 7 '], 7],
    [['{"a":'], '{"a":'],
  ])('reads %j as JSON, or else as text', async (args, value) => {
    const cluster = newCluster()
    const storage = ['--storage', temporaryFolder(), '--wait', '0']
    await ask('set', cluster, 'key', ...storage, ...args)
    const { stdout } = await ask('get', cluster, 'key', ...storage, '--json')
    expect(JSON.parse(stdout[0] ?? '')).toMatchObject({ key: 'key', value })
  })

  it('without storage and without another member writes nothing, and says so', async () => {
    const { exitCode, stdout, stderr } = await ask('set', newCluster(), 'color', 'red', '--wait', '0.2')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: [] })
    expect(stderr).toEqual([
      expect.stringMatching(
        /^hearsay: no member .* 0\.2 s.*: nothing was written\. Open the config at a running member first, or give --storage$/,
      ),
    ])
  })

  it('writes to a config that only the running member has open, and says so', async () => {
    const [folder, cluster] = [temporaryFolder(), newCluster()]
    const here = ['--control', folder]
    const ada = await startMember(['join', cluster], 'ada', ...here)
    const watch = new HearsayProcess(
      'config',
      'watch',
      cluster,
      'flags',
      '--json',
      '--member',
      'ada',
      ...here,
    )
    await watch.json(({ event }) => event === 'ready')
    expect(await ask('set', cluster, 'color', 'red', '--wait', '0.1', ...here)).toEqual({
      exitCode: 1,
      stdout: [],
      stderr: [expect.stringMatching(/it is stored here only$/)],
    })
    expect(await watch.json(({ event }) => event === 'change')).toMatchObject({ value: 'red', by: ada.id })
    expect(await ask('get', cluster, 'color', '--wait', '0.1', ...here)).toMatchObject({ stdout: ['red'] })
  })

  it('stores a value that no other member has yet in its storage, and says so', async () => {
    const cluster = newCluster()
    const alone = ['--storage', temporaryFolder(), '--wait', '0.2']
    expect(await ask('set', cluster, 'color', 'red', ...alone)).toEqual({
      exitCode: 1,
      stdout: [],
      stderr: [expect.stringMatching(/it is stored here only$/)],
    })
    expect(await ask('get', cluster, 'color', ...alone)).toEqual({
      exitCode: 1,
      stdout: ['red'],
      stderr: [expect.stringMatching(/this is what is stored here$/)],
    })
  })

  it('reports that the other members reject its write', async () => {
    const cluster = newCluster()
    const ada = await watchFlags(cluster, '--writer', unknownId)
    const joined = ['--bootstrap', ada.address]
    expect(await ask('set', cluster, 'color', 'red', '--wait', '2', ...joined)).toEqual({
      exitCode: 1,
      stdout: [],
      stderr: [expect.stringMatching(/no member accepted the write within 2 s: .* one of the writers$/)],
    })
    expect(await ask('set', cluster, 'color', 'red', '--writer', unknownId, ...joined)).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/not one of its writers$/)],
    })
  })
})
