/** Invitations: real processes on loopback found a cluster, invite, join with tickets, revoke and renew. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readAuthority } from '../src/member/authority-file.ts'
import { bin, HearsayProcess, type JsonLine, type ReadyMember } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const loopback = ['--listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns']
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

/** A machine with a cluster of its own, and the processes on it. */
class Machine {
  readonly folder: string = temporaryFolder()
  readonly authority: string = join(this.folder, 'atlas.authority')

  async found(): Promise<void> {
    await this.run('found', 'atlas', '--out', this.authority)
  }

  /** Runs one command to its end. */
  async run(...args: string[]) {
    const command = new HearsayProcess({ HEARSAY_CONTROL: this.folder }, ...args)
    const exitCode = await command.ended
    return { exitCode, stdout: command.stdout, stderr: command.stderr }
  }

  async json(...args: string[]): Promise<JsonLine[]> {
    const { stdout } = await this.run(...args, '--json')
    return stdout.map(line => JSON.parse(line))
  }

  /** Starts a member that prints JSON, and waits until it is ready. */
  async start(name: string, ...options: string[]): Promise<ReadyMember> {
    const control = { HEARSAY_CONTROL: this.folder }
    const started = new HearsayProcess(control, 'join', '--json', '--name', name, ...loopback, ...options)
    const { id, addresses } = await started.json(({ event }) => event === 'ready')
    return { process: started, id: String(id), address: String((addresses as string[])[0]) }
  }

  /** A ticket in a file, made by the member that runs here. */
  async ticketFile(...options: string[]): Promise<string> {
    const { stdout } = await this.run('invite', ...options)
    const file = join(temporaryFolder(), 'a.ticket')
    writeFileSync(file, `${stdout.join('\n')}\n`)
    return file
  }
}

async function founded(): Promise<{ here: Machine; ada: ReadyMember }> {
  const here = new Machine()
  await here.found()
  const ada = await here.start('ada', '--authority-file', here.authority)
  while (!(await here.run('info')).stdout.join().includes(ada.id));
  return { here, ada }
}

const sees = (observer: ReadyMember, member: { readonly id: string }, event = 'join') =>
  observer.process.json(line => line['event'] === event && line['id'] === member.id)

describe('hearsay invite', () => {
  it('prints a ticket on stdout and what it is on stderr, and a member joins with it', async () => {
    const { here, ada } = await founded()
    const { exitCode, stdout, stderr } = await here.run(
      ...['invite', '--role', 'operator', '--expires', '7d'],
    )
    expect(exitCode).toBe(0)
    expect(stdout).toEqual([expect.stringMatching(/^hearsay1\.[\w-]+$/)])
    expect(stderr).toEqual([
      expect.stringMatching(
        /^hearsay: everybody who has this ticket can join until 20.* with the role operator$/,
      ),
      expect.stringMatching(/^hearsay: to end .*: hearsay revoke 12D3KooW\w{44}$/),
    ])
    const file = join(temporaryFolder(), 'bob.ticket')
    writeFileSync(file, `${stdout[0]}\n`)
    const elsewhere = new Machine()
    const bob = await elsewhere.start('bob', '--ticket-file', file)
    await Promise.all([sees(ada, bob), sees(bob, ada)])

    const members = await here.json('members')
    expect(members.map(({ name, roles }) => [name, roles]).sort()).toEqual([
      ['ada', ['admin']],
      ['bob', ['operator']],
    ])
    const table = (await here.run('members')).stdout
    expect(table[0]).toMatch(/^name +id +status +roles +address +tags$/)
    expect(table.find(line => line.startsWith('bob'))).toMatch(/alive +operator +\/ip4/)
    expect(await elsewhere.json('info')).toMatchObject([{ cluster: 'atlas', roles: ['operator'] }])
  })

  it('prints JSON, a link and a QR code', async () => {
    const { here } = await founded()
    const asked = ['invite', '--link', 'https://app.example.org/#old', '--role', 'reader']
    const [invitation] = await here.json(...asked)
    expect(invitation).toEqual({
      event: 'invitation',
      cluster: 'atlas',
      id: expect.stringMatching(/^12D3KooW\w{44}$/),
      ticket: expect.stringMatching(/^hearsay1\./),
      link: `https://app.example.org/#hearsay=${invitation?.['ticket']}`,
      roles: ['reader'],
      expiresAtMs: expect.any(Number),
      mayInvite: false,
      at: expect.any(Number),
    })
    const { stdout } = await here.run('invite', '--qr')
    expect(stdout[0]).toMatch(/^hearsay1\./)
    expect(stdout.slice(1).join('\n')).toMatch(/█▀/)
  })

  it('needs no running member with the file of the authority, and the first members need none either', async () => {
    const here = new Machine()
    await here.found()
    const asked = ['invite', '--authority-file', here.authority, '--address']
    const first = await here.run(...asked, '127.0.0.1:1')
    expect(first).toMatchObject({ exitCode: 0, stdout: [expect.stringMatching(/^hearsay1\./)] })
    const files = temporaryFolder()
    writeFileSync(join(files, 'ada'), first.stdout.join())
    const ada = await here.start('ada', '--ticket-file', join(files, 'ada'))
    const second = await here.run(...asked, ada.address)
    writeFileSync(join(files, 'bob'), second.stdout.join())
    const bob = await new Machine().start('bob', '--ticket-file', join(files, 'bob'))
    await Promise.all([sees(ada, bob), sees(bob, ada)])
  })

  it('asks the member that may invite, if several run here', async () => {
    const { here, ada } = await founded()
    const ticket = await here.ticketFile()
    const bobs = [0, 1, 2].map(() => here.start('bob', '--ticket-file', ticket))
    for (const bob of await Promise.all(bobs)) await sees(ada, bob)
    const { exitCode, stdout } = await here.run('invite')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: [expect.stringMatching(/^hearsay1\./)] })
    expect(await here.run('invite', '--member', 'ada')).toMatchObject({ exitCode: 0 })
    expect(await here.run('revoke', ticket)).toMatchObject({ exitCode: 0 })
  })

  it('fails in one line where nobody may invite', async () => {
    const { here } = await founded()
    const there = new Machine()
    await there.start('bob', '--ticket-file', await here.ticketFile('--role', 'operator'))
    const refused = await there.run('invite')
    expect(refused).toMatchObject({ exitCode: 2, stdout: [] })
    expect(refused.stderr).toEqual([expect.stringMatching(/^hearsay: invite: .*may not invite/)])
    expect(await here.run('invite', '--may-invite')).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/mayInvite needs the role 'admin'/)],
    })
    expect(await new Machine().run('invite')).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/^hearsay: no member runs here/)],
    })
  })
})

describe('hearsay join', () => {
  it('takes the ticket of the environment, and never shows it to handlers', async () => {
    const { here, ada } = await founded()
    const ticket = (await here.run('invite')).stdout.join()
    const file = join(temporaryFolder(), 'environment')
    const bob = new HearsayProcess(
      {
        HEARSAY_CONTROL: temporaryFolder(),
        HEARSAY_TICKET: ticket,
        HEARSAY_SECRET: 'a secret of another cluster',
      },
      ...[
        'join',
        '--json',
        '--name',
        'bob',
        ...loopback,
        '--exec',
        `join=env > ${file}; echo done >&2; false`,
      ],
    )
    await bob.json(({ event }) => event === 'join')
    await sees(ada, { id: String((await bob.json(({ event }) => event === 'ready'))['id']) })
    const handled = await bob.complaint()
    expect(handled).toContain('done')
    expect(readFileSync(file, 'utf8')).toContain('HEARSAY_EVENT=join')
    expect(readFileSync(file, 'utf8')).not.toContain('hearsay1.')
  })

  it('never writes a ticket or a key to its log', async () => {
    const here = new Machine()
    await here.found()
    const log = ['--log', 'json', '--log-level', 'trace']
    const ada = await here.start('ada', '--authority-file', here.authority, ...log)
    const file = await here.ticketFile('--authority-file', here.authority, '--address', ada.address)
    const bob = await new Machine().start('bob', '--ticket-file', file, ...log)
    await sees(ada, bob)
    const lines = [ada, bob].flatMap(({ process }) => process.stderr).join('\n')
    expect(lines).toContain('"level":"trace"')
    const { key } = await readAuthority(here.authority)
    for (const secret of [readFileSync(file, 'utf8').slice(9, 40), key])
      for (const text of typeof secret === 'string' ? [secret] : inTexts(secret))
        expect(lines).not.toContain(text)
  })

  it.skipIf(!hasScript)('asks for a ticket in a terminal, and does not show it', async () => {
    const { here, ada } = await founded()
    const ticket = (await here.run('invite')).stdout.join()
    const command = [process.execPath, bin, 'join', '--name', 'bob', ...loopback].join(' ')
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, HEARSAY_CONTROL: temporaryFolder() },
    })
    onTestFinished(() => void terminal.kill('SIGTERM'))
    let shown = ''
    let isAsked = false
    terminal.stdout.on('data', part => {
      shown += String(part)
      if (isAsked || !shown.includes('Paste a ticket')) return
      isAsked = true
      // As a chat breaks long lines.
      terminal.stdin.write(`  ${ticket.replace(/(.{100})/g, '$1\r  ')}\r`)
    })
    expect(await ada.process.json(({ event }) => event === 'join')).toMatchObject({ name: 'bob' })
    expect(shown).not.toContain(ticket.slice(0, 20))
    expect(stripVTControlCharacters(shown)).toMatch(/ready +bob .* in atlas/)
  })

  it.each([
    ['no ticket at all', 'atlas', /ticket: this is not a ticket/],
    [
      'a damaged ticket',
      'hearsay1.AAAA',
      /ticket: a part of it is missing or wrong\. Copy the whole ticket: a chat may have broken it into several lines$/,
    ],
    ['a ticket of the future', 'hearsay9.AAAA', /ticket: a later version of hearsay made it/],
  ])('refuses %s in one line', async (_, ticket, message) => {
    const refused = await new Machine().run('join', '--ticket-file', fileWith(ticket), ...loopback)
    expect(refused).toMatchObject({ exitCode: 2, stdout: [], stderr: [expect.stringMatching(message)] })
  })

  it('refuses a ticket for another cluster than the one that is named, and a wrong file of an authority', async () => {
    const { here } = await founded()
    const file = await here.ticketFile()
    expect(await new Machine().run('join', 'eden', '--ticket-file', file)).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/it is for the cluster 'atlas', not for 'eden'/)],
    })
    expect(await new Machine().run('join', 'eden', '--authority-file', here.authority)).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/the file is for the cluster 'atlas', not for 'eden'$/)],
    })
    const both = ['--ticket-file', file, '--authority-file', here.authority]
    expect(await new Machine().run('join', ...both)).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/a ticket is enough/)],
    })
  })
})

const inTexts = (key: Uint8Array) =>
  (['base64', 'base64url', 'hex'] as const).map(encoding => Buffer.from(key).toString(encoding).slice(0, 20))

function fileWith(line: string): string {
  const file = join(temporaryFolder(), 'a.ticket')
  writeFileSync(file, `${line}\n`)
  return file
}

describe('hearsay revoke', () => {
  it('ends a membership, and an invitation with all its members', async () => {
    const { here, ada } = await founded()
    const file = await here.ticketFile()
    const bob = await new Machine().start('bob', '--ticket-file', file)
    const cyd = await new Machine().start('cyd', '--ticket-file', file)
    await Promise.all([sees(ada, bob), sees(ada, cyd)])
    const revoked = await here.run('revoke', 'bob')
    expect(revoked).toMatchObject({
      exitCode: 0,
      stdout: [expect.stringMatching(/^revoked the membership of bob …\w{8} in atlas$/)],
      stderr: [expect.stringMatching(/Revoke the ticket, too$/)],
    })
    await Promise.all([sees(ada, bob, 'leave'), sees(cyd, bob, 'leave')])
    expect(await bob.process.complaint()).toMatch(/ticket/)

    expect(await here.run('revoke', file)).toMatchObject({
      exitCode: 0,
      stdout: [expect.stringMatching(/^revoked the ticket of invitation 12D3KooW\w{44} and all/)],
    })
    await sees(ada, cyd, 'leave')
    const late = await new Machine().start('dee', '--ticket-file', file)
    expect(await late.process.complaint()).toMatch(/ticket/)
  })

  it('works with the file of the authority where no member runs, and only with other members', async () => {
    const { here, ada } = await founded()
    const bob = await new Machine().start('bob', '--ticket-file', await here.ticketFile())
    await sees(ada, bob)
    const away = new Machine()
    const asked = ['revoke', 'bob', '--authority-file', here.authority, '--no-mdns', '--wait']
    expect(await away.run(...asked, '30', '--bootstrap', ada.address)).toMatchObject({ exitCode: 0 })
    await sees(ada, bob, 'leave')
    expect(await away.run(...asked.with(1, bob.id), '0')).toMatchObject({
      exitCode: 1,
      stdout: [],
      stderr: [expect.any(String), expect.stringMatching(/nothing was revoked/)],
    })
  })
})

describe('hearsay renew', () => {
  it('brings a member back whose ticket was revoked, and reports the revocation first', async () => {
    const { here, ada } = await founded()
    const there = new Machine()
    const file = await here.ticketFile()
    const bob = await there.start('bob', '--ticket-file', file)
    await sees(ada, bob)
    await here.run('revoke', file)
    await sees(ada, bob, 'leave')
    expect(await bob.process.complaint()).toMatch(/no longer in its cluster: its ticket was revoked/)
    const next = await here.ticketFile('--role', 'operator')
    expect(await there.run('renew', '--ticket-file', next)).toMatchObject({ exitCode: 0 })
    const joins = () =>
      ada.process.stdout.map(line => JSON.parse(line)).filter(({ event }) => event === 'join')
    await vi.waitFor(() => expect(joins().map(({ id }) => id)).toEqual([bob.id, bob.id]), {
      timeout: 30_000,
      interval: 50,
    })
    expect(await here.run('health')).toMatchObject({ exitCode: 0 })
  })

  it('gives a running member the roles and the date of another ticket', async () => {
    const { here, ada } = await founded()
    const there = new Machine()
    const bob = await there.start('bob', '--ticket-file', await here.ticketFile('--expires', '1h'))
    await sees(ada, bob)
    const [invitation] = await here.json('invite', '--role', 'operator', '--expires', '1y')
    const renewed = await there.json('renew', '--ticket-file', fileWith(String(invitation?.['ticket'])))
    expect(renewed).toEqual([
      {
        event: 'renewed',
        id: bob.id,
        name: 'bob',
        roles: ['operator'],
        expiresAtMs: invitation?.['expiresAtMs'],
        at: expect.any(Number),
      },
    ])
    await sees(ada, bob, 'update')
    expect(await here.json('members', '--status', 'alive')).toContainEqual(
      expect.objectContaining({ id: bob.id, roles: ['operator'] }),
    )
    expect(await there.run('renew', '--ticket-file', fileWith('hearsay1.x'))).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/^hearsay: renew: a part of it is missing/)],
    })
  })
})

describe('hearsay config with a role as writer', () => {
  it('takes entries of members with the role, and of nobody else', { timeout: 180_000 }, async () => {
    const { here } = await founded()
    const [operator, guest] = [await here.ticketFile('--role', 'operator'), await here.ticketFile()]
    const asOperators = ['--writer', 'role:operator', ...loopback, '--ticket-file']
    const control = { HEARSAY_CONTROL: temporaryFolder() }
    const watch = new HearsayProcess(
      control,
      'config',
      'watch',
      'atlas',
      'flags',
      '--json',
      ...asOperators,
      guest,
    )
    await watch.json(({ event }) => event === 'ready')
    const set = (value: string, file: string) =>
      new Machine().run(
        'config',
        'set',
        'atlas',
        'flags',
        'color',
        value,
        '--wait',
        '30',
        ...asOperators,
        file,
      )
    expect(await set('red', operator)).toMatchObject({ exitCode: 0 })
    expect(await watch.json(({ event }) => event === 'change')).toMatchObject({ key: 'color', value: 'red' })
    expect(await set('blue', guest)).toMatchObject({
      exitCode: 2,
      stderr: [expect.stringMatching(/not one of its writers, the members with the role 'operator'/)],
    })
    const mixed = ['--writer', 'role:operator', '--writer', 'x']
    const { exitCode, stderr } = await new Machine().run('config', 'list', 'atlas', 'flags', ...mixed)
    expect(exitCode).toBe(2)
    expect(stderr.join()).toMatch('A role is the only writer. Give one role, or ids')
  })
})
