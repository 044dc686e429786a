/** Scraped cluster: members of the command line on hosts of a network, and a Prometheus on another host that scrapes them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Child } from '../processes/process.ts'
import type { Host, Network } from './network.ts'

const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))
const rulesFile = new URL('../../docs/operations/hearsay.rules.yml', import.meta.url)
/** Reads a URL from each line, and prints what is there as one line; `{}` if nothing answers. */
const client = `require('node:readline').createInterface({ input: process.stdin }).on('line', async url =>
  console.log(await fetch(url).then(async response => JSON.stringify(await response.json())).catch(() => '{}')))`
const job = 'cluster'
/** Higher than that of other processes: on a busy machine, a member that stalls would be a second fault in the test. */
const priority = -10
/** Starts a part of the test that a busy machine must not delay. */
export function startWithPriority(
  host: Host,
  command: string,
  args: readonly string[],
  onLine = (_: string) => {},
): Child {
  const child = host.start(command, args, onLine)
  setPriority(child.pid, priority)
  return child
}

const [port, metricsPort, prometheusPort] = [4001, 9464, 9090]

/**
 * Published wait → the wait here. 1 m is the wait for a lost member: a member that is alone concludes up to 20 s later than the
 * others that it lost them.
 */
const waits = { '30s': '5s', '1m': '30s', '2m': '10s', '5m': '10s' } as const

export interface ScrapedMember {
  readonly host: Host
  readonly child: Child
}

export interface MemberSettings {
  /** @default join */
  readonly command?: 'join' | 'relay'
  readonly args?: readonly string[]
  /** Options of Node. */
  readonly node?: readonly string[]
}

/** Starts a member at port 4001, which finds the others through the host `first`. */
export function startScraped(
  host: Host,
  first: Host,
  { command = 'join', args = [], node = [] }: MemberSettings = {},
): ScrapedMember {
  const bootstrap = host === first ? [] : ['--bootstrap', `${first.address}:${port}`]
  const where = [
    '--listen',
    `/ip4/${host.address}/tcp/${port}`,
    '--metrics',
    `${host.address}:${metricsPort}`,
  ]
  const all = [...node, bin, command, 'atlas', '--no-mdns', ...where, ...bootstrap, ...args]
  return { host, child: startWithPriority(host, process.execPath, all) }
}

export class ScrapedCluster {
  /** Asks Prometheus from its own host, because the network is invisible here. One process answers all questions. */
  readonly #client: Child
  readonly #waiting: ((line: string) => void)[] = []

  /** Starts a Prometheus with the alert rules. Their expressions are the published ones, and they wait for seconds only. */
  constructor(network: Network, members: readonly Host[], onEnd: (remove: () => void) => void) {
    const [host] = network.hosts(1)
    if (!host) throw new Error('no host')
    const folder = mkdtempSync(join(tmpdir(), 'hearsay-prometheus-'))
    onEnd(() => rmSync(folder, { recursive: true, force: true }))
    const rules = readFileSync(rulesFile, 'utf8').replace(
      /^( +for:) (30s|1m|2m|5m)$/gm,
      (_, before, wait: keyof typeof waits) => `${before} ${waits[wait]}`,
    )
    writeFileSync(join(folder, 'rules.yml'), rules)
    const targets = members.map(({ address }) => `${address}:${metricsPort}`)
    const config = {
      // A busy machine answers late, and a scrape that fails restarts the wait of an alert.
      global: { scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: job, static_configs: [{ targets }] }],
    }
    // YAML contains JSON.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config))
    startWithPriority(host, 'prometheus', [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      '--log.level=error',
    ])
    this.#client = startWithPriority(host, process.execPath, ['-e', client], line =>
      this.#waiting.shift()?.(line),
    )
  }

  /** The alerts that fired at any time so far. */
  async fired(): Promise<readonly Fired[]> {
    const samples = await this.query('last_over_time(ALERTS{alertstate="firing"}[1h])')
    return samples.map(({ metric: { alertname = '', instance = '' } }) => ({ alertname, instance }))
  }

  /** Resolves when the expression has a result. */
  async until(expression: string, timeoutMs = 150_000): Promise<void> {
    const endMs = Date.now() + timeoutMs
    while ((await this.query(expression)).length === 0) {
      if (Date.now() > endMs)
        throw new Error(`not within ${timeoutMs / 1000} s: ${expression}\n${await this.report()}`)
      await sleep(500)
    }
  }

  async report(): Promise<string> {
    const samples = await this.query(
      '{__name__=~"hearsay_.*", __name__!~".*(_bucket|bytes_total|messages_total)"} != 0',
    )
    return samples.map(({ metric, value }) => `${JSON.stringify(metric)} ${value[1]}`).join('\n')
  }

  async query(expression: string): Promise<Sample[]> {
    const { data } = await this.#get(`query?query=${encodeURIComponent(expression)}`)
    return data?.result ?? []
  }

  /** The text of the alerts that fire now. */
  async texts(): Promise<string[]> {
    const { data } = await this.#get('alerts')
    return (data?.alerts ?? []).map(({ annotations }) => JSON.stringify(annotations))
  }

  async #get(path: string): Promise<Answer> {
    const answer = new Promise<string>(resolve => this.#waiting.push(resolve))
    this.#client.writeLine(`http://127.0.0.1:${prometheusPort}/api/v1/${path}`)
    return JSON.parse(await answer) as Answer
  }
}

export interface Fired {
  readonly alertname: string
  /** Host and port of the member; empty for an alert about all members. */
  readonly instance: string
}

interface Sample {
  readonly metric: Partial<Fired>
  readonly value: readonly [number, string]
}

interface Answer {
  readonly data?: { readonly result?: Sample[]; readonly alerts?: { readonly annotations: object }[] }
}
