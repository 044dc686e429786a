/**
 * Served view: one view on the member's side. It answers the view's calls within its rights, and sends it the changes that
 * the view watches.
 *
 * Nothing that a view sends harms the member: each call is checked, and an error is its answer.
 */
import type { Cluster, Config, Explanation, Json, Room } from '@hearsay/core'
import { InvalidOptionsError, type LocalClaim, NotRunningError, systemClock } from '@hearsay/core/app'
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
  type UpdateChange,
  type Welcome,
} from '../contract.ts'
import { healthCodec, heartbeatsCodec, membersCodec, othersCodec, writeIds } from '../tables.ts'
import type { ViewRights } from './rights.ts'
import { ServedConfigs } from './served-configs.ts'
import { ServedRoom } from './served-room.ts'
import type { SharedSpaces } from './shared-spaces.ts'
import { StoreMirror } from './store-mirror.ts'
import { ViewQueue } from './view-queue.ts'

/** When the user turned to a view of the member last, as an epoch time. */
export interface LastFocus {
  atMs: number
}

export interface ServedViewOptions {
  readonly cluster: Cluster
  readonly rooms: SharedSpaces<Room>
  readonly configs: SharedSpaces<Config>
  readonly focus: LastFocus
  readonly rights: ViewRights
  /** Id of the view. */
  readonly view: string
  readonly send: (batch: Batch) => void
  /** The view has ended. */
  readonly ended: () => void
}

const memberEvents = ['join', 'update', 'suspect', 'recover', 'fail', 'leave', 'storage', 'identity'] as const
/** Our choice: as many as a member can be in. */
const maxSpaces = 256

export class ServedView implements MemberCalls {
  readonly #options: ServedViewOptions
  readonly #queue: ViewQueue
  readonly #mirrors = new Map<string, Pick<StoreMirror<unknown>, 'watch'>>()
  readonly #rooms = new Map<number, ServedRoom>()
  readonly #configs: ServedConfigs
  /** Ends what the view follows, by number of the cluster, room or config. */
  readonly #undo = new Map<number, (() => void)[]>()
  /** When the user turned to this view. */
  #focusedAtMs = 0
  #refusedCalls = 0
  #isEnded = false

  constructor(options: ServedViewOptions) {
    this.#options = options
    this.#queue = new ViewQueue(systemClock, options.send)
    this.#configs = new ServedConfigs({
      ...options,
      queue: this.#queue,
      view: {
        checkNumber: number => this.#checkNumber(number),
        mirror: (owner, name, mirror) => this.#mirror(owner, name, mirror),
        listen: (owner, events, type) => this.#listen(owner, targetOf(events), type),
        addUndo: (owner, undo) => this.#addUndo(owner, undo),
        close: owner => this.close(owner),
      },
    })
  }

  /** The number of calls that were answered with an error. */
  get refusedCalls(): number {
    return this.#refusedCalls
  }

  connect(version: number, focusedAtMs: number): Answer<Welcome> {
    return this.#answer(() => {
      if (version !== contractVersion)
        throw new InvalidOptionsError(
          `connectCluster: the view has version ${version} of the protocol and the member has ${contractVersion}. Use the same version of @hearsay/port on both sides`,
        )
      const { cluster, rights, view } = this.#options
      this.#focused(focusedAtMs)
      this.#mirror(
        clusterNumber,
        'members',
        new StoreMirror(cluster.members, membersCodec.write, this.#changed),
      )
      this.#mirror(
        clusterNumber,
        'heartbeats',
        new StoreMirror(cluster.heartbeats, heartbeatsCodec.write, this.#changed),
      )
      this.#mirror(clusterNumber, 'health', new StoreMirror(cluster.health, healthCodec.write, this.#changed))
      this.#listen(clusterNumber, targetOf(cluster.events), ...memberEvents)
      for (const store of ['members', 'health']) this.watch([clusterNumber, store], true)
      const { update, leave } = rights
      return {
        version: contractVersion,
        cluster: cluster.name,
        self: cluster.self.id,
        view,
        rights: { update, leave },
      }
    })
  }

  acknowledge(number: number): void {
    this.#queue.acknowledge(number)
  }

  setHidden(isHidden: boolean): void {
    this.#queue.setHidden(isHidden === true)
  }

  watch(store: StoreName, isWatched: boolean): void {
    if (Array.isArray(store)) this.#mirrors.get(store.join())?.watch(isWatched === true)
  }

  explain(memberId: string): Promise<Answer<Explanation>> {
    return this.#answerLater(() => this.#options.cluster.explain(memberId))
  }

  update(change: UpdateChange): Answer<void> {
    return this.#updateBy('update', cluster => cluster.update(change))
  }

  suspend(options?: SuspendOptions): Answer<void> {
    return this.#updateBy('suspend', cluster => cluster.suspend(options))
  }

  resume(): Answer<void> {
    return this.#updateBy('resume', cluster => cluster.resume())
  }

  leave(): Promise<Answer<void>> {
    return this.#answerLater(async () => {
      const { rights, cluster } = this.#options
      if (rights.leave) await cluster.leave()
    })
  }

  openRoom(number: number, name: string): Promise<Answer<OpenedRoom>> {
    return this.#answerLater(async () => {
      const { cluster, rights, rooms, view } = this.#options
      const access = rights.room(name)
      rights.check(access !== undefined, `room '${name}'`)
      this.#checkNumber(number)
      const room = await rooms.enter(name, () => cluster.room(name))
      if (this.#isEnded) {
        rooms.leave(name)
        throw new NotRunningError('the view has ended')
      }
      const isWritable = access === 'write'
      const served = new ServedRoom({ number, view, room, rights, isWritable, queue: this.#queue })
      this.#rooms.set(number, served)
      if (this.#focusedAtMs >= this.#options.focus.atMs) served.focus()
      const { write } = othersCodec()
      this.#mirror(number, 'members', new StoreMirror(room.members, writeIds, this.#changed))
      this.#mirror(number, 'others', new StoreMirror(room.presence.others, write, this.#changed))
      this.#listen(number, targetOf(room.presence.events), 'update')
      this.#listen(number, targetOf(room.events), 'event')
      for (const store of ['members', 'others']) this.watch([number, store], true)
      return { isWritable }
    })
  }

  setPresence(number: number, fields: Readonly<Record<string, Json | undefined>>): Answer<void> {
    return this.#answer(() => this.#room(number).setPresence(fields))
  }

  focus(): void {
    this.#focused(systemClock.now().epochMs)
    for (const room of this.#rooms.values()) room.focus()
  }

  claim(number: number, document: string, claim: LocalClaim | undefined): Answer<void> {
    return this.#answer(() => this.#room(number).claim(document, claim))
  }

  broadcast(number: number, value: Json): Answer<void> {
    return this.#answer(() => this.#room(number).broadcast(value))
  }

  openDocument(
    number: number,
    name: string,
    stateVector: Uint8Array,
    seed: Uint8Array | undefined,
  ): Answer<OpenedDocument> {
    return this.#answer(() => this.#room(number).openDocument(name, stateVector, seed))
  }

  editDocument(number: number, name: string, generation: number, update: Uint8Array): Answer<boolean> {
    return this.#answer(() => this.#room(number).editDocument(name, generation, update))
  }

  documentStored(number: number, name: string): Promise<Answer<void>> {
    return this.#answerLater(() => this.#room(number).documentStored(name))
  }

  discardSuperseded(number: number, name: string): Answer<void> {
    return this.#answer(() => this.#room(number).discardSuperseded(name))
  }

  closeDocument(number: number, name: string): void {
    this.#rooms.get(number)?.closeDocument(name)
  }

  openConfig(number: number, name: string, options: SentConfigOptions): Promise<Answer<OpenedConfig>> {
    return this.#answerLater(() => this.#configs.open(number, name, options))
  }

  setEntry(config: number, key: string, value: Json): Promise<Answer<void>> {
    return this.#answerLater(() => this.#configs.set(config, key, value))
  }

  deleteEntry(config: number, key: string): Promise<Answer<void>> {
    return this.#answerLater(() => this.#configs.delete(config, key))
  }

  synced(config: number, call: number): Promise<Answer<string | undefined>> {
    return this.#answerLater(() => this.#configs.synced(config, call))
  }

  endSynced(config: number, call: number): void {
    this.#configs.endSynced(config, call)
  }

  close(number: number): void {
    for (const undo of this.#undo.get(number) ?? []) undo()
    this.#undo.delete(number)
    this.#queue.remove(number)
    const room = this.#rooms.get(number)
    this.#rooms.delete(number)
    room?.close()
    if (room) this.#options.rooms.leave(room.name)
  }

  /** Ends the view: its presence disappears, and nothing is sent to it any more. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    for (const number of [...this.#undo.keys()]) this.close(number)
    this.#queue.stop()
    this.#options.ended()
  }

  readonly #changed = (): void => this.#queue.changed()

  #mirror<T>(owner: number, name: string, mirror: StoreMirror<T>): void {
    const key: StoreName = [owner, name]
    this.#mirrors.set(key.join(), mirror)
    this.#queue.addStore(key, mirror)
    this.#addUndo(owner, () => {
      mirror.watch(false)
      this.#mirrors.delete(key.join())
    })
  }

  /** Sends these events of an event target to the view. */
  #listen(owner: number, events: EventTarget, ...types: readonly string[]): void {
    for (const type of types) {
      const listener = (event: Event) =>
        this.#queue.event(owner, type, event instanceof CustomEvent ? event.detail : undefined)
      events.addEventListener(type, listener)
      this.#addUndo(owner, () => events.removeEventListener(type, listener))
    }
  }

  /** Views tell when they had the focus, because all of them may come from another member. */
  #focused(atMs: number): void {
    const { focus } = this.#options
    if (!Number.isFinite(atMs)) return
    this.#focusedAtMs = Math.min(atMs, systemClock.now().epochMs)
    focus.atMs = Math.max(focus.atMs, this.#focusedAtMs)
  }

  #addUndo(owner: number, undo: () => void): void {
    this.#undo.set(owner, [...(this.#undo.get(owner) ?? []), undo])
  }

  #checkNumber(number: number): void {
    if (!Number.isSafeInteger(number) || number <= clusterNumber || this.#undo.has(number))
      throw new InvalidOptionsError('room: the number is in use')
    if (this.#undo.size > maxSpaces)
      throw new InvalidOptionsError(`room: this view has ${maxSpaces} rooms and configs open already`)
  }

  #room(number: number): ServedRoom {
    const room = this.#rooms.get(number)
    if (!room) throw new NotRunningError('the room was left')
    return room
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

/** The types of event targets differ between `main-event` and the language. */
const targetOf = (events: object): EventTarget => events as EventTarget
