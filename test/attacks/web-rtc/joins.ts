/** Joins over WebRTC: uninvited joins by pages against a member in a page, what they cost it, and what strangers learned. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type AttackedCluster, credentials } from '../attacked-cluster.ts'
import type { JoinFigures, JoinOptions } from '../joins.ts'
import { confidentialIn, textsIn } from '../learned-bytes.ts'
import { OpenRelay } from './open-relay.ts'
import { PageMember } from './page-member.ts'
import { StrangersPage } from './strangers-page.ts'

const name = 'member in a page'
/** Our choice: a stranger that was admitted by the last join is in the tables then. */
const settleMs = 2_000
/** Our choice: on a busy machine, a member that is suspected needs this long to refute. */
const refutationMs = 30_000

export interface WebRTCFigures
  extends Pick<JoinFigures, 'joins' | 'seconds' | 'gotIn' | 'keptGrowthMb' | 'lost' | 'learned'> {
  /** Processor time of the member's whole browser, in percent of one core. */
  readonly cpuPercent: number
  /** Connections that the member in the page refused. */
  readonly refusedConnections: number
}

export async function measureWebRTCJoins(
  attacked: AttackedCluster,
  { joins, progress }: JoinOptions,
): Promise<WebRTCFigures> {
  const targets = attacked.targets()
  const [relay] = targets
  const { cluster, secret } = credentials
  const memberRelay = attacked.addresses().find(address => address.includes('/ws'))
  if (!relay || memberRelay === undefined) throw new Error('the first member does not listen on WebSockets')
  const openRelay = await OpenRelay.start(credentials, relay)
  const bootstrap = [memberRelay, openRelay.address]
  const [member, strangers] = await Promise.all([
    PageMember.join({ cluster, ...(secret !== undefined && { secret }), name, bootstrap, profile: 'local' }),
    StrangersPage.open(),
  ])
  try {
    await Promise.all(targets.map(({ name }) => member.seesAlive(name)))
    await openRelay.whenReserved(member.id)
    const before = await member.usage()
    const { refusedConnections } = await member.health()
    const startMs = performance.now()
    const counted: Record<string, number> = {}
    const received: Buffer[] = []
    const order = { credentials, page: member.id, memberRelay, openRelay: openRelay.address }
    for await (const outcome of strangers.run(order, joins)) {
      received.push(Buffer.from(outcome.received, 'base64'))
      for (const [what, by] of Object.entries(outcome.counted)) counted[what] = (counted[what] ?? 0) + by
      progress?.(counted)
    }
    const seconds = (performance.now() - startMs) / 1_000
    await sleep(settleMs)
    const after = await member.usage()
    const honest = [...targets.map(({ id }) => id), member.id]
    const { seen, unseen } = await settledViews(attacked, member, honest)
    const strangersSeen = new Set(seen.filter(id => !honest.includes(id) && id !== openRelay.id))
    const bytes = Buffer.concat(received)
    const page = { id: member.id, name, address: '', incarnation: 0 }
    const { 'got in': entered = 0, ...others } = counted
    return {
      joins: {
        ...others,
        'bytes learned': bytes.length,
        'confidential values learned': confidentialIn(bytes, { credentials, targets: [...targets, page] })
          .length,
      },
      seconds: Math.round(seconds),
      gotIn: entered + strangersSeen.size,
      cpuPercent: Math.round(((after.cpuMs - before.cpuMs) / 1_000 / seconds) * 100),
      keptGrowthMb: Math.round(after.heapMb - before.heapMb),
      refusedConnections: (await member.health()).refusedConnections - refusedConnections,
      lost: unseen,
      learned: textsIn(bytes),
    }
  } finally {
    await Promise.all([member.close(), strangers.close(), openRelay.stop()])
  }
}

/** The ids that processes see alive, and how many honest members some member does not see alive, if that lasts. */
async function settledViews(
  attacked: AttackedCluster,
  member: PageMember,
  honest: readonly string[],
): Promise<{ readonly seen: readonly string[]; readonly unseen: number }> {
  const endMs = performance.now() + refutationMs
  for (;;) {
    const [reports, view] = await Promise.all([attacked.reports(), member.view()])
    const unseen =
      honest.filter(id => reports.some(report => !report?.alive.includes(id))).length +
      attacked.targets().filter(({ name }) => view[name] !== 'alive').length
    if (unseen === 0 || performance.now() > endMs)
      return { seen: reports.flatMap(report => report?.alive ?? []), unseen }
    await sleep(settleMs)
  }
}
