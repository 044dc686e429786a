/** Usage: invalid usage ends with exit code 2 and one line on stderr that says what is valid. */

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bin, HearsayProcess } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const invalid: [what: string, args: string[], message: RegExp][] = [
  ['an unknown command', ['jion'], /unknown command 'jion'.*join/],
  ['an unknown option', ['join', 'atlas', '--fast'], /unknown option '--fast'.* See hearsay join --help$/],
  ['an option of another command', ['tags', '--fast', 'set'], /See hearsay tags --help$/],
  [
    'a member without a control socket',
    ['presence', 'a', 'b', '--member', 'ada'],
    /no member 'ada' of 'a' runs/,
  ],
  [
    'a member and a name',
    ['config', 'list', 'a', 'b', '--member', 'ada', '--name', 'bob'],
    /leave out --name/,
  ],
  [
    'a missing cluster',
    ['join'],
    /give the name of the cluster, or a ticket: by --ticket-file, .*HEARSAY_TICKET$/,
  ],
  ['a missing ticket', ['join', '--ticket-file', '/nowhere/ticket'], /--ticket-file: .*ENOENT/],
  [
    'a name that begins with a dash',
    ['rtt', '-rf'],
    /unknown option '-rf'\. Put -- before an argument that begins with a dash\. See hearsay rtt --help$/,
  ],
  ['a ticket on the command line', ['join', '--ticket', 'x'], /unknown option '--ticket'/],
  ['a missing authority', ['join', '--authority-file', '/nowhere/key'], /--authority-file: .*ENOENT/],
  [
    'a name that is no ticket',
    ['join', '--ticket-file', import.meta.filename],
    /ticket: this is not a ticket/,
  ],
  ['a time without a unit', ['invite', '--expires', '7'], /such as 30m, 12h, 7d/],
  ['a link that is none', ['invite', '--link', 'app'], /--link: 'app' is not a URL/],
  ['a revocation of nothing', ['revoke'], /missing required argument 'what'/],
  ['an unknown profile', ['join', 'atlas', '--profile', 'fast'], /local, lan, wan/],
  ['a tag without a value', ['join', 'atlas', '--tag', 'mood'], /key=value/],
  ['an invalid address', ['join', 'atlas', '--listen', 'here'], /'here'.*\/ip4\//],
  [
    'an address of another machine',
    ['join', 'atlas', '--listen', '/ip4/192.0.2.1/tcp/0'],
    /not an address of this computer/,
  ],
  [
    'a socket that is a file',
    ['join', 'atlas', '--listen', '/unix/%2Ftmp%2Fx'],
    /not a TCP or WebSocket address/,
  ],
  [
    'a secure WebSocket without a certificate',
    ['join', 'atlas', '--listen', '/ip4/127.0.0.1/tcp/0/wss'],
    /needs a certificate, .*Listen on \/ws behind a proxy/,
  ],
  [
    'a part of an id',
    ['join', 'a', '--bootstrap', '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWF31'],
    /is not an address/,
  ],
  ['an invalid bootstrap', ['join', 'atlas', '--bootstrap', 'there'], /'there'.*\/ip4\//],
  ['a missing file', ['join', 'atlas', '--secret-file', '/nowhere/secret'], /--secret-file: .*ENOENT/],
  [
    'an empty file',
    ['join', 'atlas', '--secret-file', '/dev/null'],
    /--secret-file: \/dev\/null is empty\. /,
  ],
  ['a secret on the command line', ['join', 'atlas', '--secret', 'x'], /unknown option '--secret'/],
  ['a storage that is a file', ['join', 'atlas', '--storage', import.meta.filename], /is a file/],
  [
    'a storage without a name',
    ['join', 'atlas', '--storage', ''],
    /^hearsay: --storage: give a text of at least one character$/,
  ],
  [
    'a secret file without a name',
    ['join', 'a', '--secret-file', ''],
    /^hearsay: --secret-file: give a text/,
  ],
  ['an empty address', ['join', 'a', '--listen', '/ip4/127.0.0.1/tcp/0', '--listen', ''], /: --listen: give/],
  ['an empty cluster', ['join', ''], /^hearsay: cluster: give a text of at least one character$/],
  ['an explanation of nobody', ['explain', ''], /^hearsay: member: give a text of at least one character$/],
  ['a round trip to nobody', ['rtt', ''], /^hearsay: member: give a text/],
  ['an empty tag to delete', ['tags', 'delete', 'a', ''], /^hearsay: key: give a text/],
  ['an empty key', ['config', 'set', 'a', 'b', '', 'x'], /^hearsay: key: give a text/],
  [
    'a long key',
    ['config', 'set', 'a', 'b', 'k'.repeat(300), 'x'],
    /set: the key has 300 bytes: give at most 256$/,
  ],
  ['a long key to read', ['config', 'get', 'a', 'b', 'k'.repeat(300)], /get: the key has 300 bytes/],
  [
    'a long value',
    ['config', 'set', 'a', 'b', 'k', 'v'.repeat(100_000)],
    /the value of 'k': 100002 bytes, at most 16384/,
  ],
  [
    'a long name of a config',
    ['config', 'list', 'a', 'b'.repeat(200)],
    /config: give a name of 1 to 128 bytes/,
  ],
  [
    'a long name of a query',
    ['query', 'q'.repeat(200), '--cluster', 'a'],
    /query: give a name of 1 to 128 bytes/,
  ],
  [
    'a long payload',
    ['event', 'e', 'p'.repeat(100_000), '--cluster', 'a'],
    /broadcast: 100002 bytes, at most/,
  ],
  [
    'an infinite number',
    ['config', 'set', 'atlas', 'flags', 'x', '1e400'],
    /'1e400' is invalid .*No number is 1e400\. .*quotes: '"1e400"'$/,
  ],
  [
    'a number with too many digits',
    ['config', 'set', 'a', 'b', 'x', '[9007199254740993]'],
    /No number is 9007199254740993/,
  ],
  [
    'a field with an infinite number',
    ['presence', 'a', 'b', '--set', 'x={"y":-1e999}'],
    /No number is -1e999/,
  ],
  [
    'half of a surrogate pair',
    ['presence', 'a', 'b', '--set', 'x="\\ud83d"'],
    /'x' has half of a surrogate pair/,
  ],
  ['a value that looks like an option', ['config', 'set', 'a', 'b', 'x', '--5'], /'--5'\. Put -- before/],
  ['a value that looks like options', ['config', 'set', 'a', 'b', 'x', '-J6vK'], /'-J6vK'\. Put -- before/],
  ['a key that looks like an option', ['config', 'get', 'a', 'b', '-x'], /'-x'\. Put -- before/],
  [
    'a set without a value',
    ['config', 'set', 'atlas', 'flags', 'color'],
    /missing required argument 'value'/,
  ],
  ['an unknown subcommand', ['config', 'put', 'atlas', 'flags'], /unknown command 'put'/],
  ['an invalid time', ['config', 'list', 'atlas', 'flags', '--wait', 'long'], /from 0 to 3600/],
  ['an invalid writer', ['config', 'list', 'atlas', 'flags', '--writer', 'ada'], /'ada' is not a member id/],
  ['a field without a value', ['presence', 'atlas', 'design', '--set', 'mood'], /key=value/],
  ['a demo with one member', ['demo', '--members', '1'], /from 2 to 20/],
  ['a demo with an invalid number of members', ['demo', '--members', 'some'], /from 2 to 20/],
]

describe('hearsay rejects in one line', () => {
  it.each(invalid)('%s', async (_, args, message) => {
    const hearsay = new HearsayProcess(...args)
    expect(await hearsay.ended).toBe(2)
    expect(hearsay.stdout).toEqual([])
    expect(hearsay.stderr).toEqual([expect.stringMatching(/^hearsay: /)])
    expect(hearsay.stderr[0]).toMatch(message)
  })

  it('a short secret', async () => {
    const file = join(temporaryFolder(), 'secret')
    writeFileSync(file, 'too short\n')
    const hearsay = new HearsayProcess('join', 'atlas', '--secret-file', file)
    expect(await hearsay.ended).toBe(2)
    expect(hearsay.stderr).toEqual([
      expect.stringMatching(/^hearsay: secret: the secret is too short: give 16 to 1,024 random/),
    ])
  })

  it('an old Node', () => {
    const old = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "20.19.0" })'
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', old, bin, 'demo'])
    expect(status).toBe(2)
    expect(String(stdout)).toBe('')
    expect(String(stderr)).toMatch(/^hearsay: needs Node 22.12 or newer/)
  })

  it('a busy port', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const hearsay = new HearsayProcess('join', 'atlas', '--no-mdns', '--listen', `/ip4/127.0.0.1/tcp/${port}`)
    expect(await hearsay.ended).toBe(2)
    server.close()
    expect(hearsay.stderr).toEqual([expect.stringMatching(/in use/)])
  })

  it('a storage that another member uses', async () => {
    const storage = temporaryFolder()
    const first = new HearsayProcess('join', 'atlas', '--json', '--no-mdns', '--storage', storage)
    await first.json(({ event }) => event === 'ready')
    const second = new HearsayProcess('join', 'atlas', '--json', '--no-mdns', '--storage', storage)
    expect(await second.ended).toBe(2)
    expect(second.stderr).toEqual([expect.stringMatching(/cannot be opened/)])
  })
})
