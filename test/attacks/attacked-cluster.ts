/** Attacked cluster: honest members in processes of their own. Each reports its events and, on request, its state. */
import { fileURLToPath } from 'node:url'
import type { JoinOptions } from '@hearsay/core'
import { execArgv } from '../helpers/exec-argv.ts'
import { Cluster } from '../processes/cluster.ts'
import { startMember } from '../processes/member.ts'
import { isSightingEvent } from '../processes/sightings.ts'
import { firstPort, type Member, memberName, type Subject } from '../processes/subject.ts'
import type { Credentials } from './admission-proof.ts'
import type { MemberReport } from './member-report.ts'
import type { Target } from './raw-peer.ts'

const program = fileURLToPath(new URL('./member-main.ts', import.meta.url))
/** A member that does not report within this time counts as not answering, for instance because its event loop is busy. */
const reportBoundMs = 10_000

/** The cluster name and the secret of honest members, and of attackers that are members. */
export const credentials: Credentials = {
  cluster: `attacked-${process.pid}`,
  secret: 'only honest members know this',
}

export interface HonestMember {
  readonly target: Target
  /** All its addresses. */
  readonly addresses: readonly string[]
  /** When it called `joinCluster`. */
  readonly joiningAtMs: number
}

export class AttackedCluster {
  readonly processes = new Cluster()
  /** By name. */
  readonly honest = new Map<string, HonestMember>()
  /** The Yjs client that wrote the shared document. */
  documentAuthor = 0
  readonly credentials: Credentials
  readonly #subject: Subject
  #started = 0
  readonly #joining = new Map<string, number>()
  readonly #waiting = new Map<string, (report: MemberReport) => void>()

  constructor(credentials: Credentials) {
    this.credentials = credentials
    const firstAddress = `/ip4/127.0.0.1/tcp/${firstPort()}`
    this.#subject = {
      name: 'attacked',
      firstAddress,
      start: (index, bootstrap) => {
        const loopback = '/ip4/127.0.0.1/tcp/0'
        const listen = index === 0 ? [firstAddress, `${loopback}/ws`] : [loopback]
        return this.#start(index, {
          listen,
          relay: index === 0,
          ...(bootstrap && { bootstrap: [bootstrap] }),
        })
      },
    }
  }

  #start(index: number, place: Pick<JoinOptions, 'bootstrap' | 'listen' | 'relay' | 'storage'>): Member {
    const name = memberName(index)
    const { sightings } = this.processes
    const options = { ...this.credentials, name, mdns: false, profile: 'local', ...place }
    const args = [...execArgv, '--expose-gc', '--max-old-space-size=1024', program, JSON.stringify(options)]
    return startMember(name, [process.execPath, ...args], line => {
      if (!line.startsWith('{')) return undefined
      const printed = JSON.parse(line)
      if (isSightingEvent(printed.event)) sightings.record(name, printed.event, printed.name)
      if (printed.event === 'joining') this.#joining.set(name, performance.now())
      if (printed.event === 'report') this.#waiting.get(name)?.(printed.report)
      if (printed.event !== 'ready') return undefined
      this.#ready(name, printed)
      return printed.addresses[0]
    })
  }

  #ready(name: string, printed: Omit<Target, 'name'> & { addresses: string[]; author: number }): void {
    const { id, incarnation, addresses, author } = printed
    // The members that listen on TCP and on WebSockets are attacked over TCP, unless an attack says otherwise.
    const address = addresses.find(address => !address.includes('/ws')) ?? ''
    const joiningAtMs = this.#joining.get(name) ?? 0
    this.honest.set(name, { target: { id, name, address, incarnation }, addresses, joiningAtMs })
    if (author !== 0) this.documentAuthor = author
  }

  /** Starts the members, and waits until all see each other. @throws if they do not */
  async start(size: number): Promise<void> {
    this.#started = size
    const { afterFirstSpawnMs } = await this.processes.start(this.#subject, size)
    await Promise.all(this.processes.members.map(({ ready }) => ready))
    if (afterFirstSpawnMs === null) throw new Error('the members did not see each other before the attack')
  }

  /** Starts one more member, which joins through the first one. */
  addMember(): Member {
    const { members, sightings } = this.processes
    const member = this.#subject.start(this.newIndex(), this.#subject.firstAddress, sightings)
    members.push(member)
    return member
  }

  /** The index of one more member. No index is given twice, so that the events about two members stay apart. */
  newIndex(): number {
    return this.#started++
  }

  /** Starts a member with this index, which it may have had before. It joins through the first member. */
  startMember(index: number, place: Pick<JoinOptions, 'listen' | 'storage'>): Member {
    return this.#start(index, { ...place, bootstrap: [this.#subject.firstAddress] })
  }

  /** The targets of an attack: all running members. The first is the one to which most attacks connect. */
  targets(): Target[] {
    return this.processes.members.flatMap(({ name }) => this.honest.get(name)?.target ?? [])
  }

  /** All addresses of the first member, which is a relay and listens on WebSockets, too. */
  addresses(): readonly string[] {
    return this.honest.get(memberName(0))?.addresses ?? []
  }

  /** The state of each running member; undefined for a member that does not answer. */
  reports(): Promise<(MemberReport | undefined)[]> {
    return Promise.all(
      this.processes.members.map(member => {
        const { promise, resolve } = Promise.withResolvers<MemberReport | undefined>()
        const timer = setTimeout(() => resolve(undefined), reportBoundMs)
        this.#waiting.set(member.name, report => {
          clearTimeout(timer)
          resolve(report)
        })
        member.writeLine('report')
        return promise
      }),
    )
  }

  end(): Promise<void> {
    return this.processes.end()
  }
}
