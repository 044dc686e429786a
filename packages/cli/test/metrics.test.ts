/** `hearsay join --metrics`: a real process serves its metrics on loopback. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { HearsayProcess, newCluster, startMember } from './hearsay-process.ts'

/** Debian's package prometheus contains it. */
const promtool = 'promtool'
const hasPromtool = spawnSync(promtool, ['--version']).status === 0

const argsFor = (metrics: string) =>
  [
    'join',
    newCluster(),
    '--json',
    '--no-mdns',
    '--listen',
    '/ip4/127.0.0.1/tcp/0',
    '--metrics',
    metrics,
  ] as const

async function served(metrics: string): Promise<string> {
  const { metrics: url } = await new HearsayProcess(...argsFor(metrics)).json(
    ({ event }) => event === 'ready',
  )
  return String(url)
}

it('serves the metrics of the member, and of the process', async () => {
  const cluster = newCluster()
  const ada = await startMember(['join', cluster], 'ada', '--metrics', '127.0.0.1:0')
  const bob = await startMember(['join', cluster], 'bob', '--bootstrap', ada.address)
  await ada.process.json(({ event }) => event === 'join')
  const { metrics } = await ada.process.json(({ event }) => event === 'ready')
  const response = await fetch(String(metrics))
  const text = await response.text()
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(text).toContain('\nhearsay_members{status="alive"} 2\n')
  expect(text).toContain('\nprocess_cpu_seconds_total ')
  expect(text).not.toContain(bob.id)
  if (hasPromtool) {
    const { stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text })
    // libp2p and prom-client name some gauges like counters.
    const complaints = String(stderr).split('\n').filter(Boolean)
    expect(complaints.filter(line => !/^(libp2p|nodejs)_/.test(line))).toEqual([])
  }
  ada.process.signal('SIGTERM')
  expect(await ada.process.ended).toBe(0)
})

it('loads no HTTP client, HTTP/2 and TLS for that', async () => {
  const loaded = "process.on('exit', () => console.error(process.moduleLoadList.join()))"
  const preload = `--import=data:text/javascript,${encodeURIComponent(loaded)}`
  const member = new HearsayProcess({ NODE_OPTIONS: preload }, ...argsFor('0'))
  const { metrics } = await member.json(({ event }) => event === 'ready')
  await (await fetch(String(metrics))).text()
  member.signal('SIGTERM')
  await member.ended
  const modules = member.stderr.join().replaceAll('NativeModule ', '').split(',')
  expect(modules).toContain('_http_server')
  const large = ['internal/deps/undici/undici', 'http2', 'tls', 'https', 'zlib']
  expect(modules.filter(module => large.includes(module))).toEqual([])
})

it('serves nothing else', async () => {
  const url = await served('0')
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
  expect((await fetch(new URL('/', url))).status).toBe(404)
  expect((await fetch(url, { method: 'POST' })).status).toBe(405)
})

it.each(['127.0.0.1', '127.0.1.1', 'localhost'])(
  'answers no request at %s that names another host',
  async host => {
    const url = await served(`${host}:0`)
    const status = async (named: string) => {
      const [response] = await once(get(url, { headers: { Host: named } }), 'response')
      return response.statusCode
    }
    expect(await status('rebound.example.org')).toBe(403)
    expect(await status('127.0.0.1.example.org:9464')).toBe(403)
    expect(await status(host)).toBe(200)
    expect(await status('localhost:9464')).toBe(200)
    expect(await status('[::1]:9464')).toBe(200)
  },
)

it.each([
  ['nowhere', /^hearsay: --metrics nowhere: write it like 127\.0\.0\.1:9464$/],
  ['127.0.0.1:99999', /write it like/],
  ['192.0.2.1:0', /^hearsay: --metrics 192\.0\.2\.1:0: it is not an address of this computer$/],
])('refuses to serve at %s', async (address, complaint) => {
  const process = new HearsayProcess(...argsFor(address))
  expect(await process.complaint()).toMatch(complaint)
  expect(await process.ended).toBe(2)
})

it('refuses a port that is in use, before it joins', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const process = new HearsayProcess(...argsFor(`127.0.0.1:${port}`))
  expect(await process.complaint()).toMatch(/the port is in use/)
  expect(await process.ended).toBe(2)
  expect(process.stdout).toEqual([])
})
