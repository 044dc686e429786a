/**
 * docs/deploy.md, "Tickets": its shell lines make tickets, and the files of docs/deploy work with one in place of the secret.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeTicket } from '@hearsay/core'
import type { StatefulSet } from 'kubernetes-types/apps/v1.js'
import { expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { bin, HearsayProcess } from '../../packages/cli/test/hearsay-process.ts'
import { deployFile } from './deploy-file.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8')
const [, section = ''] = /## Tickets\n(.*?)\n## /s.exec(page) ?? []
const [block = ''] = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text)

/** A row of the table that replaces the secret by a ticket: the texts in code of one column. */
function codeOf(row: string, column: 2 | 3): string[] {
  const line = section.split('\n').find(each => each.startsWith(`| ${row} |`)) ?? ''
  return [...(line.split('|')[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
}

/** Runs the lines of the page in a new folder, with this build of `hearsay`. */
function madeTickets(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-tickets-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'hearsay')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
  chmodSync(program, 0o700)
  const PATH = `${folder}:${process.env['PATH']}`
  execFileSync('sh', ['-c', block], { cwd: folder, stdio: 'pipe', env: { ...process.env, PATH } })
  return folder
}

async function expectStarts(args: readonly string[]): Promise<void> {
  const member = new HearsayProcess(...args, '--json')
  await member.json(({ event }) => event === 'ready')
  member.signal('SIGTERM')
  expect(await member.ended).toBe(0)
  expect(member.stderr).toEqual([])
}

it('makes a ticket for each service, in files that only their user can read', () => {
  const folder = madeTickets()
  for (const service of ['relay1', 'relay2', 'worker']) {
    const file = join(folder, `${service}.ticket`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(decodeTicket(readFileSync(file, 'utf8'))).toMatchObject({
      cluster: 'atlas',
      roles: [service],
      addresses: ['/dns4/relay1.example.org/tcp/443/wss', '/dns4/relay2.example.org/tcp/443/wss'],
    })
  }
})

it('replaces the secret in the unit of systemd, and the relay starts', async () => {
  const folder = madeTickets()
  const [command = '', file = '', credential = ''] = codeOf('`hearsay-relay.service`', 3)
  const [named = '', secretFile = '', secret = ''] = codeOf('`hearsay-relay.service`', 2)
  const text = deployFile('hearsay-relay.service', {
    [`hearsay ${named} `]: `hearsay ${command} `,
    [secretFile]: file,
    [secret]: credential,
    '0.0.0.0/tcp/4001': '127.0.0.1/tcp/0',
    'tcp/4002/ws': 'tcp/0/ws',
    '%H': 'relay.example',
  })
  expect(text).toContain('LoadCredential=ticket:/etc/hearsay/relay1.ticket')
  const [, line = ''] = /^ExecStart=\/usr\/bin\/hearsay ((?:.*\\\n)*.*)$/m.exec(text) ?? []
  writeFileSync(join(folder, 'ticket'), readFileSync(join(folder, 'relay1.ticket')))
  await expectStarts(
    line
      .split(/[\s\\]+/)
      .filter(Boolean)
      .map(word => word.replace(/\$\{\w+_DIRECTORY\}/, folder)),
  )
})

it('replaces the secret in the manifest of Kubernetes, and a member starts', async () => {
  const folder = madeTickets()
  writeFileSync(join(folder, 'ticket'), readFileSync(join(folder, 'worker.ticket')))
  const set = parseAllDocuments(deployFile('kubernetes.yaml'))
    .map(document => document.toJS())
    .find(({ kind }) => kind === 'StatefulSet') as StatefulSet
  const [container] = set.spec?.template.spec?.containers ?? []
  const [, option = '', path = ''] = codeOf('`kubernetes.yaml`', 3)
  const [, cluster = '', secretOption = '', secretPath = ''] = codeOf('`kubernetes.yaml`', 2)
  const replaced = new Map([
    [secretOption, option],
    [secretPath, path],
    ['$(POD_NAME)', 'hearsay-0'],
    ['--json', '--no-control'],
  ])
  const args = (container?.args ?? [])
    .filter(arg => arg !== cluster)
    .map(arg => replaced.get(arg) ?? arg)
    .map(arg =>
      arg
        .replace('0.0.0.0/tcp/4001', '127.0.0.1/tcp/0')
        .replace('/var/lib/hearsay', folder)
        .replace('/etc/hearsay', folder)
        .replace('hearsay:4001', '127.0.0.1:1'),
    )
  expect(args).toContain('--ticket-file')
  await expectStarts(args)
})
