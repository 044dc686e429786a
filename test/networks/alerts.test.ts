/**
 * Alerts: a real Prometheus scrapes real members, and each fault raises its alert and no other.
 *
 * A full table needs 18,000 members, and a full relay 460 pages: here they have lower limits. `test/alerts` tests the rules
 * with given figures.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, type TestContext } from 'vitest'
import { whyNoPrometheus } from '../alerts/prometheus.ts'
import { type Host, Network, whyNoNetworks } from './network.ts'
import {
  type MemberSettings,
  ScrapedCluster,
  type ScrapedMember,
  startScraped,
  startWithPriority,
} from './scraped-cluster.ts'

const isAsked = process.env['HEARSAY_LONG'] === '1'
const reason = isAsked
  ? (whyNoNetworks() ?? whyNoPrometheus())
  : 'they take twenty minutes. Run pnpm test:alerts'
if (reason !== undefined) console.warn(`LEFT OUT: the tests of alerts with a real Prometheus: ${reason}.`)

/** The timeout is long, because the alerts wait, and a busy machine is slow. */
const timeout = 600_000
/** How long other alerts may fire after the right one: longer than all rules wait here. */
const afterMs = 40_000

const stalled = 'HearsayEventLoopStalled'
/** The member that a test stops: of four, the last one. */
const stopped = '10.9.0.4:9464'

interface Running {
  readonly network: Network
  readonly cluster: ScrapedCluster
  readonly members: readonly [ScrapedMember, ScrapedMember, ...ScrapedMember[]]
}

const clockAhead = fileURLToPath(new URL('clock-ahead.ts', import.meta.url))
const lowered = (limit: 'reservations' | 'rows'): readonly string[] => [
  '--import',
  `${new URL('small-limits.ts', import.meta.url).href}?${limit}`,
]
const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))
const relayedMember = fileURLToPath(new URL('relayed-member.ts', import.meta.url))

/** Members that see each other, and their Prometheus. `settings` are those of the last member. */
async function start(
  { onTestFinished }: TestContext,
  count: number,
  { settings = {}, seen = count }: { settings?: MemberSettings; seen?: number } = {},
): Promise<Running> {
  const network = new Network(onTestFinished)
  const hosts = network.hosts(count) as [Host, ...Host[]]
  const last = hosts.at(-1)
  const members = hosts.map(host => startScraped(host, hosts[0], host === last ? settings : {}))
  const cluster = new ScrapedCluster(network, hosts, onTestFinished)
  await cluster.until(`count(hearsay_members{status="alive"} >= ${seen}) >= ${seen}`)
  return { network, cluster, members: members as unknown as Running['members'] }
}

function temporaryFolder({ onTestFinished }: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-alerts-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function expectOnly(cluster: ScrapedCluster, alert: string, timeoutMs?: number): Promise<void> {
  await cluster.until(`ALERTS{alertname="${alert}", alertstate="firing"}`, timeoutMs)
  await sleep(afterMs)
  expect(await namesOfFired(cluster), await cluster.report()).toEqual([alert])
  for (const text of await cluster.texts()) expect(text).not.toMatch(/error|%!|NaN/i)
}

/**
 * The names of the alerts that fired. On a busy machine, members that no test stops really stall: their alerts are correct,
 * and do not count.
 */
async function namesOfFired(cluster: ScrapedCluster): Promise<string[]> {
  const fired = await cluster.fired()
  const byLoad = fired.filter(each => each.alertname === stalled && each.instance !== stopped)
  if (byLoad.length > 0) console.warn(`this machine is too busy: ${byLoad.length} members stalled`)
  return [...new Set(fired.filter(each => !byLoad.includes(each)).map(each => each.alertname))].sort()
}

/** Cuts the network between two groups of hosts. */
function cut(some: readonly ScrapedMember[], others: readonly ScrapedMember[]): void {
  for (const { host } of some)
    for (const { host: other } of others) {
      host.lose(other.address)
      other.lose(host.address)
    }
}

describe.skipIf(reason !== undefined)('with a real Prometheus', { timeout }, () => {
  it('a member that is killed is lost, and one that leaves is not', async context => {
    const { cluster, members } = await start(context, 4)
    members[3]?.child.signal('SIGTERM')
    await cluster.until('hearsay_members{status="left"} > 0')
    await sleep(afterMs)
    expect(await namesOfFired(cluster)).toEqual([])
    members[2]?.child.signal('SIGKILL')
    await expectOnly(cluster, 'HearsayMemberLost')
  })

  it('a network that falls apart is a partition', async context => {
    const { cluster, members } = await start(context, 4)
    cut(members.slice(0, 2), members.slice(2))
    await expectOnly(cluster, 'HearsayPartitionSuspected')
  })

  it('a member that reaches nobody is alone', async context => {
    const { cluster, members } = await start(context, 4)
    cut(members.slice(0, 3), members.slice(3))
    await expectOnly(cluster, 'HearsayMemberAlone')
  })

  it('a member whose packets are lost again and again is suspected falsely', async context => {
    const { cluster, members } = await start(context, 4)
    const refuted = 'max(hearsay_refutations_total) >= 5'
    for (let i = 0; i < 20 && (await cluster.query(refuted)).length === 0; i++) {
      // Long enough for a suspicion, and too short for a death.
      cut(members.slice(0, 3), members.slice(3))
      await sleep(1_500)
      for (const { host } of members) host.loseNothing()
      await sleep(6_500)
    }
    // The alert does not fire for members that really stall.
    const areStalled = (await cluster.query('max(hearsay_paused_seconds_total) > 1')).length > 0
    if (areStalled) context.skip('LEFT OUT: this machine is too busy, so members stall')
    await expectOnly(cluster, 'HearsayFalseSuspicionsHigh')
  })

  it('a member whose clock is a day ahead does not agree with the others', async context => {
    const { cluster } = await start(context, 4, {
      settings: { node: ['--import', clockAhead] },
      seen: 3,
    })
    await expectOnly(cluster, 'HearsayConvergenceStalled', 400_000)
  })

  it('a process that is stopped again and again is stalled', async context => {
    const { cluster, members } = await start(context, 4)
    for (let i = 0; i < 4; i++) {
      members[3]?.child.signal('SIGSTOP')
      await sleep(2_000)
      members[3]?.child.signal('SIGCONT')
      await sleep(4_000)
    }
    await expectOnly(cluster, stalled)
  })

  it('a relay whose pages are gone has no reservations', async context => {
    const { cluster, members, network } = await start(context, 3, { settings: { command: 'relay' } })
    const [host] = network.hosts(1)
    const relay = members[2]?.host.address
    const page = host && startWithPriority(host, process.execPath, [relayedMember, `/ip4/${relay}/tcp/4001`])
    await cluster.until('hearsay_relay_reservations > 0')
    page?.endInput()
    await expectOnly(cluster, 'HearsayRelayWithoutReservations')
  })

  it('a relay whose reservations are in use is nearly full', async context => {
    const settings = { command: 'relay', node: lowered('reservations') } as const
    const { cluster, members, network } = await start(context, 3, { settings })
    const relay = members[2]?.host.address
    for (const host of network.hosts(2))
      startWithPriority(host, process.execPath, [relayedMember, `/ip4/${relay}/tcp/4001`])
    await cluster.until('hearsay_relay_capacity_reservations == 2')
    await expectOnly(cluster, 'HearsayRelayNearlyFull')
  })

  it('a member that cannot store more members has a table that is nearly full', async context => {
    const { cluster } = await start(context, 4, { settings: { node: lowered('rows') } })
    await cluster.until('hearsay_table_capacity_rows == 4')
    await expectOnly(cluster, 'HearsayTableNearlyFull')
  })

  it('a member whose disk is full has a store that fails', async context => {
    const [storage, control] = [temporaryFolder(context), temporaryFolder(context)]
    const settings = { args: ['--storage', storage, '--control', control] }
    const { cluster, members } = await start(context, 4, { settings })
    execFileSync('prlimit', ['--pid', `${members[3]?.child.pid}`, '--fsize=1:unlimited'])
    // The entry is published, and cannot be stored.
    spawnSync(process.execPath, [bin, 'config', 'set', 'atlas', 'flags', 'a', 'b', '--control', control])
    await expectOnly(cluster, 'HearsayStoreFailing')
  })

  it('a member whose storage was copied runs twice', async context => {
    const storage = temporaryFolder(context)
    const { cluster, members, network } = await start(context, 4, {
      settings: { args: ['--storage', storage] },
    })
    const copy = join(temporaryFolder(context), 'copy')
    cpSync(storage, copy, { recursive: true })
    const [host] = network.hosts(1)
    if (host) startScraped(host, members[0].host, { args: ['--storage', copy] })
    await expectOnly(cluster, 'HearsayIdentityCopied')
  })

  it('a peer with another secret is refused', async context => {
    const { cluster, members, network } = await start(context, 3)
    const file = join(temporaryFolder(context), 'secret')
    writeFileSync(file, 'another secret of sixteen or more characters\n')
    const [host] = network.hosts(1)
    if (host) startScraped(host, members[0].host, { args: ['--secret-file', file] })
    await expectOnly(cluster, 'HearsayConnectionsRefused')
  })
})
