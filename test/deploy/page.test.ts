/** docs/deploy.md shows the files of docs/deploy word for word, and its shell lines that need no service run. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { deployFile } from './deploy-file.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8')
const lines = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.trim().split('\n'))

function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-page-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it.each(['nginx.conf', 'Caddyfile', 'Dockerfile'])('shows %s', name => {
  expect(page).toContain(`\n${deployFile(name)}\`\`\``)
})

it('links to every file of docs/deploy', () => {
  const names = readdirSync(join(root, 'docs/deploy')).filter(name => !page.includes(`](deploy/${name})`))
  expect(names.filter(name => !name.endsWith('.tgz'))).toEqual([])
})

it('makes a secret that only its user can read, and puts it where the unit reads it', () => {
  const cwd = folderOfTest()
  const [make = '', install = ''] = ['openssl', 'install -D'].map(text =>
    lines.find(line => line.includes(text)),
  )
  execFileSync('sh', ['-c', make], { cwd })
  execFileSync('sh', ['-c', install.replace('/etc/hearsay', join(cwd, 'etc'))], { cwd })
  for (const path of ['atlas.secret', 'etc/atlas.secret']) {
    expect(statSync(join(cwd, path)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(cwd, path), 'utf8').trim()).toHaveLength(44)
  }
  expect(install).toContain('/etc/hearsay/atlas.secret')
  expect(deployFile('hearsay-relay.service')).toContain('LoadCredential=secret:/etc/hearsay/atlas.secret')
})

it('backs up a folder', () => {
  const cwd = folderOfTest()
  execFileSync('sh', ['-c', 'mkdir -p storage/atlas && touch storage/atlas/CURRENT'], { cwd })
  const line = lines.find(line => line.startsWith('tar ')) ?? ''
  execFileSync('sh', ['-c', line.replace('/var/lib/private/hearsay', 'storage')], { cwd })
  expect(execFileSync('tar', ['tzf', 'atlas-backup.tgz'], { cwd, encoding: 'utf8' })).toContain(
    'atlas/CURRENT',
  )
})

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0

it.runIf(hasKubectl)('makes a Kubernetes secret with the name and key that the manifests use', () => {
  const cwd = folderOfTest()
  const line = lines.find(line => line.startsWith('kubectl create secret')) ?? ''
  execFileSync(
    'sh',
    ['-c', `echo 0123456789abcdef > atlas.secret && ${line} --dry-run=client --output json > out`],
    { cwd },
  )
  const { metadata, data } = JSON.parse(readFileSync(join(cwd, 'out'), 'utf8'))
  expect(deployFile('kubernetes.yaml')).toContain(`secretName: ${metadata.name}`)
  expect(Object.keys(data)).toEqual(['secret'])
})
