/** docs/deploy/kubernetes.yaml: the manifests fit the types of Kubernetes' API, and a member starts with their arguments. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { StatefulSet } from 'kubernetes-types/apps/v1.js'
import type { Service } from 'kubernetes-types/core/v1.js'
import { expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { HearsayProcess, newCluster } from '../../packages/cli/test/hearsay-process.ts'
import { deployFile } from './deploy-file.ts'

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
}

const manifests = parseAllDocuments(deployFile('kubernetes.yaml'), { strict: true, uniqueKeys: true }).map(
  document => {
    expect([...document.errors, ...document.warnings]).toEqual([])
    return document.toJS() as Manifest
  },
)
const manifestOf = <T>(kind: string): T => manifests.find(each => each.kind === kind) as T

const tscPath = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')

it('the manifests have the fields of their kinds, and no others', () => {
  // Inside this package, so that the compiler finds the types.
  const folder = mkdtempSync(join(import.meta.dirname, '.manifests-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'manifests.ts')
  const lines = manifests.map((manifest, index) => {
    const group = manifest.apiVersion === 'v1' ? 'core/v1' : manifest.apiVersion
    const type = `import('kubernetes-types/${group}.js').${manifest.kind}`
    return `export const manifest${index}: ${type} = ${JSON.stringify(manifest, undefined, 2)}`
  })
  writeFileSync(file, lines.join('\n'))
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig']
  const { status, stdout } = spawnSync(process.execPath, [tscPath, ...options, file], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})

it('the service is headless, and selects the pods of the set at the port where they listen', () => {
  const service = manifestOf<Service>('Service')
  const set = manifestOf<StatefulSet>('StatefulSet')
  const { template, serviceName } = set.spec ?? {}
  expect(service.spec?.clusterIP).toBe('None')
  expect(service.metadata?.name).toBe(serviceName)
  expect(template?.metadata?.labels).toMatchObject(service.spec?.selector ?? {})
  const [container] = template?.spec?.containers ?? []
  const port = container?.ports?.[0]?.containerPort
  expect(service.spec?.ports?.map(({ port }) => port)).toEqual([port])
  expect(container?.args).toContain(`${serviceName}:${port}`)
  expect(container?.args).toContain(`/ip4/0.0.0.0/tcp/${port}`)
})

it('a member starts with the arguments of the container', async () => {
  const folder = mkdtempSync(join(import.meta.dirname, '.storage-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'secret'), 'a secret of the test, long enough\n')
  const [container] = manifestOf<StatefulSet>('StatefulSet').spec?.template.spec?.containers ?? []
  const args = (container?.args ?? []).map(arg =>
    arg
      .replace('$(POD_NAME)', 'hearsay-0')
      .replace('0.0.0.0/tcp/4001', '127.0.0.1/tcp/0')
      .replace('/var/lib/hearsay', folder)
      .replace('/etc/hearsay', folder)
      .replace(/^atlas$/, newCluster()),
  )
  const member = new HearsayProcess(...args)
  await member.json(({ event }) => event === 'ready')
  member.signal('SIGTERM')
  expect(await member.ended).toBe(0)
})
