/**
 * Served view: one view on the member's side. This side answers the view's calls within the rights of the view, and sends the
 * changes that the view watches.
 *
 * Nothing that a view sends harms the member: each call is checked, and a wrong call is answered with an error.
 */
import type {
  Cluster,
  Explanation,
  HeldBy,
  HeldByOptions,
  HeldSpace,
  Invitation,
  InviteOptions,
  Json,
  LeaveOptions,
  QueryOptions,
  QueryResult,
  RoomOptions,
  UpdateChange,
} from '@hearsay/core'
import {
  checkUpdate,
  InvalidOptionsError,
  type LocalClaim,
  NotRunningError,
  systemClock,
} from '@hearsay/core/app'
import { type Answer, answer, answerLater } from '../answer.ts'
import type { OpenedConfig, SentConfigOptions } from '../config-calls.ts'
import {
  type Batch,
  clusterNumber,
  contractVersion,
  type MemberCalls,
  type OpenedDocument,
  type OpenedRoom,
  type StoreName,
  type SuspendOptions,
  type Welcome,
} from '../contract.ts'
import type { KeyringCall } from '../invitation-calls.ts'
import { writeHeartbeats, writeMembers, writeObject } from '../table-codecs.ts'
import { EndableCalls } from './endable-calls.ts'
import type { ViewRights } from './rights.ts'
import { ServedConfigs } from './served-configs.ts'
import { ServedInvitations } from './served-invitations.ts'
import { type RemoteHandlers, ServedQueries } from './served-queries.ts'
import { ServedRooms } from './served-rooms.ts'
import { StoreMirror } from './store-mirror.ts'
import { type LastFocus, ViewFocus } from './view-focus.ts'
import { ViewQueue } from './view-queue.ts'
import { ViewSubscriptions } from './view-subscriptions.ts'
import type { VisibleViews } from './visible-views.ts'

export interface ServedViewOptions {
  readonly cluster: Cluster
  readonly focus: LastFocus
  readonly visible: VisibleViews
  readonly rights: ViewRights
  /** Id of the view. */
  readonly view: string
  readonly send: (batch: Batch) => void
  /** The handlers of the view, at the other end of the port. */
  readonly handlers: RemoteHandlers
  /** The view has ended. */
  readonly ended: () => void
  /** The member has left the cluster. */
  readonly memberLeft: () => void
}

const memberEvents = [
  'join',
  'update',
  'suspect',
  'recover',
  'fail',
  'leave',
  'storage',
  'identity',
  'broadcast',
] as const

export class ServedView implements MemberCalls {
  readonly #options: ServedViewOptions
  readonly #queue: ViewQueue
  readonly #subscriptions: ViewSubscriptions
  readonly #rooms: ServedRooms
  readonly #configs: ServedConfigs
  readonly #queries: ServedQueries
  readonly #invitations: ServedInvitations
  readonly #settles = new EndableCalls('settled')
  readonly #focus: ViewFocus
  #refusedCalls = 0
  #isEnded = false

  constructor(options: ServedViewOptions) {
    this.#options = options
    this.#focus = new ViewFocus(options.focus)
    this.#queue = new ViewQueue(systemClock, options.send)
    this.#subscriptions = new ViewSubscriptions(this.#queue)
    const parts = { ...options, queue: this.#queue, subscriptions: this.#subscriptions }
    this.#rooms = new ServedRooms(parts)
    this.#configs = new ServedConfigs(parts)
    this.#queries = new ServedQueries(parts)
    this.#invitations = new ServedInvitations(options)
  }

  /** The number of calls that were answered with an error. */
  get refusedCalls(): number {
    return this.#refusedCalls
  }

  /** The number of events that the view did not receive, because it was slow. */
  get droppedEvents(): number {
    return this.#queue.droppedEvents
  }

  connect(version: number, focusedAtMs: number): Answer<Welcome> {
    return this.#answer(() => {
      if (version !== contractVersion)
        throw new InvalidOptionsError(
          `connectCluster: the view has version ${version} of the protocol and the member has ${contractVersion}. Use the same version of @hearsay/port on both sides`,
        )
      if (this.#subscriptions.has(clusterNumber))
        throw new InvalidOptionsError('connectCluster: the view is connected already')
      const { cluster, rights } = this.#options
      if (this.#hasMemberLeft)
        throw new NotRunningError('connectCluster: the member has left the cluster: join again')
      this.#focus.turnedTo(focusedAtMs)
      const changed = () => this.#queue.changed()
      const mirrors = {
        members: new StoreMirror(cluster.members, writeMembers, changed),
        heartbeats: new StoreMirror(cluster.heartbeats, writeHeartbeats, changed),
        health: new StoreMirror(cluster.health, writeObject, changed),
        // The member measures with queries.
        ...(rights.queries && {
          convergence: new StoreMirror(cluster.convergence, writeObject, changed),
        }),
      }
      for (const [name, mirror] of Object.entries(mirrors))
        this.#subscriptions.mirror(clusterNumber, name, mirror)
      this.#subscriptions.listen(clusterNumber, cluster.events, ...memberEvents)
      this.#subscriptions.onClose(clusterNumber, () => this.#settles.endAll())
      const stop = cluster.members.subscribe(() => {
        if (!this.#hasMemberLeft) return
        stop()
        void this.#endWithMember()
      })
      this.#subscriptions.onClose(clusterNumber, stop)
      for (const store of ['members', 'health']) this.#subscriptions.watch([clusterNumber, store], true)
      const { update, leave, queries, invitations } = rights
      return {
        version: contractVersion,
        cluster: cluster.name,
        self: cluster.self.id,
        rights: { update, leave, queries, invitations },
      }
    })
  }

  acknowledge(number: number): void {
    this.#queue.acknowledge(number)
  }

  setHidden(isHidden: boolean | undefined): void {
    this.#queue.setHidden(isHidden === true)
    this.#options.visible.set(this, isHidden === false && !this.#isEnded)
  }

  watch(store: StoreName, isWatched: boolean): void {
    if (Array.isArray(store)) this.#subscriptions.watch(store, isWatched === true)
  }

  explain(memberId: string): Promise<Answer<Explanation>> {
    return this.#answerLater(() => this.#options.cluster.explain(memberId))
  }

  heldBy(options?: HeldByOptions): Promise<Answer<readonly HeldSpace[]>> {
    return this.#answerLater(async () => {
      const { cluster, rights } = this.#options
      this.#checkQueries('heldBy')
      const held = await cluster.heldBy(options)
      return held.filter(({ type, name }) => rights[type](name) !== undefined)
    })
  }

  spaceHeldBy(number: number, options?: HeldByOptions): Promise<Answer<HeldBy>> {
    return this.#answerLater(async () => {
      this.#checkQueries('heldBy')
      const space = this.#configs.opened(number) ?? this.#rooms.get(number)
      return space.heldBy(options)
    })
  }

  update(change: UpdateChange): Answer<void> {
    return this.#updateBy('update', cluster => {
      checkUpdate(change)
      cluster.update(change)
    })
  }

  suspend(options?: SuspendOptions): Answer<void> {
    return this.#updateBy('suspend', cluster => cluster.suspend(options))
  }

  resume(): Answer<void> {
    return this.#updateBy('resume', cluster => cluster.resume())
  }

  invite(options?: InviteOptions): Promise<Answer<Invitation>> {
    return this.#answerLater(() => this.#invitations.invite(options))
  }

  revoke(what: string): Promise<Answer<void>> {
    return this.#answerLater(() => this.#invitations.revoke(what))
  }

  renew(ticket: string): Promise<Answer<void>> {
    return this.#answerLater(() => this.#invitations.renew(ticket))
  }

  keyring(call: KeyringCall): Promise<Answer<unknown>> {
    return this.#answerLater(() => this.#invitations.keyring(call))
  }

  leave(options?: LeaveOptions): Promise<Answer<void>> {
    return this.#answerLater(async () => {
      const { rights, cluster } = this.#options
      if (rights.leave) await cluster.leave(options)
    })
  }

  openRoom(number: number, name: string, options: RoomOptions): Promise<Answer<OpenedRoom>> {
    return this.#answerLater(() => this.#rooms.open({ number, name }, options, () => this.#focus.isLast))
  }

  setPresence(number: number, fields: Readonly<Record<string, Json | undefined>>): Answer<void> {
    return this.#answer(() => this.#rooms.get(number).setPresence(fields))
  }

  focus(): void {
    this.#focus.turnedTo(systemClock.now().epochMs)
    this.#rooms.focus()
  }

  claim(number: number, document: string, claim: LocalClaim | undefined): Answer<void> {
    return this.#answer(() => this.#rooms.get(number).claim(document, claim))
  }

  broadcast(number: number, value: Json): Answer<void> {
    return this.#answer(() => this.#rooms.get(number).broadcast(value))
  }

  openDocument(
    number: number,
    name: string,
    stateVector: Uint8Array,
    seed: Uint8Array | undefined,
  ): Answer<OpenedDocument> {
    return this.#answer(() => this.#rooms.get(number).openDocument(name, stateVector, seed))
  }

  editDocument(number: number, name: string, generation: number, update: Uint8Array): Answer<boolean> {
    return this.#answer(() => this.#rooms.get(number).editDocument(name, generation, update))
  }

  documentStored(number: number, name: string): Promise<Answer<void>> {
    return this.#answerLater(() => this.#rooms.get(number).documentStored(name))
  }

  discardSuperseded(number: number, name: string): Answer<void> {
    return this.#answer(() => this.#rooms.get(number).discardSuperseded(name))
  }

  closeDocument(number: number, name: string): void {
    this.#rooms.closeDocument(number, name)
  }

  openConfig(number: number, name: string, options: SentConfigOptions): Promise<Answer<OpenedConfig>> {
    return this.#answerLater(() => this.#configs.open({ number, name }, options))
  }

  setEntry(config: number, key: string, value: Json): Promise<Answer<void>> {
    return this.#answerLater(() => this.#configs.set(config, key, value))
  }

  deleteEntry(config: number, key: string): Promise<Answer<void>> {
    return this.#answerLater(() => this.#configs.delete(config, key))
  }

  synced(owner: number, call: number): Promise<Answer<string | undefined>> {
    return this.#answerLater(() =>
      owner === clusterNumber ? this.#settled(call) : this.#configs.synced(owner, call),
    )
  }

  endSynced(owner: number, call: number): void {
    if (owner === clusterNumber) this.#settles.end(call)
    else this.#configs.endSynced(owner, call)
  }

  query(number: number, name: string, payload: Json, options: QueryOptions): Promise<Answer<QueryResult>> {
    return this.#answerLater(async () => {
      this.#checkQueries('query')
      return this.#queries.query(number, name, payload, options)
    })
  }

  answerQueries(name: string, isAnswered: boolean): Answer<void> {
    return this.#answer(() => {
      this.#checkQueries('answer')
      this.#queries.answer(name, isAnswered)
    })
  }

  broadcastToAll(name: string, payload: Json): Promise<Answer<void>> {
    return this.#answerLater(async () => {
      this.#checkQueries('broadcast')
      await this.#options.cluster.broadcast(name, payload)
    })
  }

  close(number: number): void {
    this.#subscriptions.close(number)
  }

  /** Ends the view: its presence disappears, and nothing is sent to it any more. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#subscriptions.end()
    this.#queue.stop()
    this.#options.visible.set(this, false)
    this.#options.ended()
  }

  get #hasMemberLeft(): boolean {
    return this.#options.cluster.self.status === 'left'
  }

  /** The member is leaving: ends the view afterwards, when the view has the answer if it has made the member leave. */
  async #endWithMember(): Promise<void> {
    const { cluster, memberLeft } = this.#options
    await cluster.leave().catch(() => {})
    systemClock.setTimer(systemClock.now().monotonicMs, memberLeft)
  }

  async #settled(call: number): Promise<string | undefined> {
    this.#checkQueries('settled')
    const { cluster } = this.#options
    return this.#settles.run(call, async signal => {
      await cluster.settled({ signal })
      return cluster.self.id
    })
  }

  #checkQueries(what: string): void {
    const { rights } = this.#options
    rights.check(rights.queries, what)
  }

  /** A call that needs the right to update. */
  #updateBy(what: string, act: (cluster: Cluster) => void): Answer<void> {
    const { rights, cluster } = this.#options
    return this.#answer(() => {
      rights.check(rights.update, what)
      act(cluster)
    })
  }

  #answer<T>(act: () => T): Answer<T> {
    return this.#counted(answer(act))
  }

  async #answerLater<T>(act: () => Promise<T>): Promise<Answer<T>> {
    return this.#counted(await answerLater(act))
  }

  #counted<T>(given: Answer<T>): Answer<T> {
    if ('error' in given) this.#refusedCalls += 1
    return given
  }
}
