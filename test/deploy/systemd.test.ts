/** docs/deploy/hearsay-relay.service: systemd reads it without a warning, and the relay starts with its command line. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { HearsayProcess, newCluster } from '../../packages/cli/test/hearsay-process.ts'
import { deployFile } from './deploy-file.ts'

const unit = 'hearsay-relay.service'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-systemd-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
if (!hasSystemd) console.warn('LEFT OUT: the check of the systemd unit: no systemd-analyze was found.')

describe.skipIf(!hasSystemd)('the systemd unit', () => {
  /** systemd-analyze requires that the program exists. */
  const written = (): string => {
    const path = join(temporaryFolder(), unit)
    writeFileSync(path, deployFile(unit, { '/usr/bin/hearsay': process.execPath }))
    return path
  }

  it('has no error and no unknown setting', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', written()], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('gives the service few rights', () => {
    const args = ['security', '--offline=yes', '--threshold=20', '--no-pager', written()]
    expect(execFileSync('systemd-analyze', args, { encoding: 'utf8' })).toMatch(
      /exposure level for .*: 1\.\d OK/,
    )
  })
})

/** The arguments of a line of the unit that runs the program, with what systemd inserts. */
function commandOf(text: string, inserted: Readonly<Record<string, string>>): string[] {
  const [, line = ''] = /^ExecStart=\/usr\/bin\/hearsay ((?:.*\\\n)*.*)$/m.exec(text) ?? []
  const words = line.split(/[\s\\]+/).filter(Boolean)
  return words.map(word =>
    Object.entries(inserted).reduce((text, [from, to]) => text.replace(from, to), word),
  )
}

it('the relay starts with the command line of the unit, and ends with exit code 0', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'secret'), 'a secret of the test, long enough\n')
  const cluster = newCluster()
  const text = deployFile(unit, { '0.0.0.0/tcp/4001': '127.0.0.1/tcp/0', 'tcp/4002/ws': 'tcp/0/ws' })
  const [command = '', , ...options] = commandOf(text, {
    '%H': 'relay.example',
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of systemd
    '${STATE_DIRECTORY}': folder,
    '${CREDENTIALS_DIRECTORY}': folder,
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of systemd
  })
  const relay = new HearsayProcess(command, cluster, ...options, '--json')
  const { addresses, id } = await relay.json(({ event }) => event === 'ready')
  expect(addresses).toEqual([`/dns4/relay.example.org/tcp/443/wss/p2p/${id}`])
  relay.signal('SIGTERM')
  expect(await relay.ended).toBe(0)
  expect(relay.stderr).toEqual([])
})
