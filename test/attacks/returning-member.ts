/** Returning member: an honest member with a storage, which ends and starts again with the same identity and address. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { memberStorage } from '../../packages/core/src/storage/member-storage.ts'
import { openStorage } from '../../packages/core/src/storage/node/open-storage.ts'
import { clusterTag } from '../../packages/core/src/wire/tags.ts'
import { rounded } from '../processes/delays.ts'
import type { SightingEvent } from '../processes/sightings.ts'
import { firstPort, type Member } from '../processes/subject.ts'
import type { AttackedCluster } from './attacked-cluster.ts'
import { startAttacker } from './attacker.ts'
import type { Target } from './raw-peer.ts'

const boundMs = 30_000
/** A member stores the addresses of others every 30 s. */
const storedAfterMs = 35_000
/** Attacks connect to the members before this position first, and the kit kills the member before the newcomer. */
const position = 3

export class ReturningMember {
  readonly #cluster: AttackedCluster
  readonly #index: number
  readonly #storage: string
  readonly #address = `/ip4/127.0.0.1/tcp/${firstPort()}`
  #member: Member | undefined
  #returnedAtMs = performance.now()

  private constructor(cluster: AttackedCluster, storage: string) {
    this.#cluster = cluster
    this.#storage = storage
    this.#index = cluster.newIndex()
  }

  /** Resolves when all members see it. */
  static async start(cluster: AttackedCluster): Promise<ReturningMember> {
    const member = new ReturningMember(cluster, await mkdtemp(join(tmpdir(), 'hearsay-returning-')))
    if ((await member.#start()) === null) throw new Error('the members did not see the returning member')
    return member
  }

  get name(): string {
    return this.#member?.name ?? ''
  }

  /** Until this time, events that report its end are correct. */
  get returnedAtMs(): number {
    return this.#returnedAtMs
  }

  get target(): Target | undefined {
    return this.#cluster.honest.get(this.name)?.target
  }

  /** It leaves and starts again. @returns its leave record, as a member received it: a sync frame in base64 */
  async leaveAndReturn(): Promise<string> {
    const { target } = this
    if (!target) throw new Error('the returning member does not run')
    const recorder = startAttacker({
      script: 'recordLeave',
      by: 'member',
      credentials: this.#cluster.credentials,
      targets: [target],
      addresses: [],
      documentAuthor: 0,
      times: 0,
      returning: undefined,
      recorded: '',
    })
    await recorder.begun
    // The member has the record of the recorder when it leaves.
    await sleep(1_000)
    await this.#end('leave', member => member.writeLine('leave'))
    await recorder.ended
    const [leave = ''] = recorder.learned()
    await recorder.stop()
    if ((await this.#start()) === null) throw new Error('the members did not see the returned member')
    return leave
  }

  /** It is killed and starts again. @returns the time until all others saw it again; Infinity: not within 30 s */
  async crashAndReturn(): Promise<number> {
    await this.#end('fail', member => member.signal('SIGKILL'))
    return (await this.#start()) ?? Number.POSITIVE_INFINITY
  }

  /** It is killed, after it had the time to store addresses. @returns the stored addresses of peers that are not honest */
  async strangersStored(): Promise<number> {
    await sleep(Math.max(0, this.#returnedAtMs + storedAfterMs - performance.now()))
    await this.#end('fail', member => member.signal('SIGKILL'))
    const { datastore, close } = await openStorage(this.#storage)
    const stored = await memberStorage(
      datastore,
      clusterTag(this.#cluster.credentials.cluster),
    ).cachedPeers.read()
    await close()
    const honest = [...this.#cluster.honest.values()].flatMap(({ addresses }) => addresses)
    const isHonest = (address: string) =>
      honest.some(each => each.startsWith(address.split('/p2p/')[0] ?? ''))
    return (stored ?? []).filter(address => !isHonest(address)).length
  }

  /** Ends it, if it runs, and removes its storage. */
  async discard(): Promise<void> {
    const member = this.#remove()
    member?.signal('SIGKILL')
    await member?.exited
    await rm(this.#storage, { recursive: true, force: true })
  }

  /** @returns the time from its call of `joinCluster` until all others saw it */
  async #start(): Promise<number | null> {
    const { processes } = this.#cluster
    const others = processes.members.length
    const member = this.#cluster.startMember(this.#index, {
      listen: [this.#address],
      storage: this.#storage,
    })
    this.#member = member
    processes.members.splice(position, 0, member)
    const sinceMs = member.startedAtMs
    const delays = () => processes.sightings.delays(member.name, ['join', 'recover'], sinceMs)
    await processes.sightings.until(() => delays().length >= others, boundMs)
    await Promise.race([member.ready.catch(() => undefined), sleep(boundMs)])
    this.#returnedAtMs = performance.now()
    const seenMs = delays()[others - 1]
    const joiningAtMs = this.#cluster.honest.get(member.name)?.joiningAtMs
    return seenMs === undefined || joiningAtMs === undefined ? null : rounded(sinceMs + seenMs - joiningAtMs)
  }

  /** Ends the process, and waits until all others have reported it. */
  async #end(event: SightingEvent, end: (member: Member) => void): Promise<void> {
    const { members, sightings } = this.#cluster.processes
    const member = this.#remove()
    if (!member) return
    const sinceMs = performance.now()
    end(member)
    await sightings.until(
      () => sightings.delays(member.name, [event], sinceMs).length >= members.length,
      boundMs,
    )
    await member.exited
  }

  #remove(): Member | undefined {
    const { members } = this.#cluster.processes
    const at = members.findIndex(({ name }) => name === this.name)
    return at < 0 ? undefined : members.splice(at, 1)[0]
  }
}
