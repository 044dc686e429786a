/**
 * Signed space: the signed changes of all documents of one room that has writers, with their storage and their
 * synchronisation.
 *
 * The changes have a space of their own beside that of the room. So presence, which changes all the time, does not hide from
 * two members that their changes are equal.
 */
import { StorageError } from '../api/errors.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { SpaceListener, SpacesDriver } from '../runtime/spaces-driver.ts'
import { changesOf } from '../signed-documents/change-parts.ts'
import type { SignedDocument } from '../signed-documents/signed-document.ts'
import { SignedReplica } from '../signed-documents/signed-replica.ts'
import { mergedUpdate } from '../spaces/documents/apply-update.ts'
import type { WriterList, WriterRule } from '../spaces/writer-rule.ts'
import type { FactStorage } from '../storage/fact-storage.ts'
import * as limits from '../wire/limits.ts'

export interface SignedSpaceOptions {
  /** The name of the room. */
  readonly name: string
  /** The space tag of the changes. */
  readonly space: string
  readonly self: string
  readonly driver: SpacesDriver
  readonly notifications: AppNotifications
  readonly writers: WriterList
  readonly mayWrite: WriterRule
  /** The encoded grants of this member; undefined: the cluster has no authority. */
  readonly grants: () => Uint8Array | undefined
  readonly storage: FactStorage
  /** The local member's incarnation. */
  readonly incarnation: number
}

/** The functions of the room that are called when changes arrive. */
export interface SignedSpaceListener {
  /** An update that this process did not publish. */
  updateArrived(document: string, update: Uint8Array): void
  /** Another member has the same changes. */
  changesAgreed(memberId: string): void
  /** A step about the changes has ended. */
  changesStepped(): void
}

export class SignedSpace implements SpaceListener {
  readonly #options: SignedSpaceOptions
  readonly #replica: SignedReplica
  #listener: SignedSpaceListener | undefined
  /** Updates that this process is publishing, before they are split. The document already contains these updates. */
  readonly #publishing = new Set<Uint8Array>()
  /** Settles when all changes so far are signed. */
  #signing: Promise<unknown> = Promise.resolve()
  #pending = 0
  #removeSource: () => void = () => {}

  private constructor(options: SignedSpaceOptions) {
    this.#options = options
    this.#replica = new SignedReplica({
      self: options.self,
      mayWrite: options.mayWrite,
      arrived: (document, update) => this.#arrived(document, update),
    })
  }

  /** Reads the stored changes. @throws {StorageError} they are damaged; the store is unchanged */
  static async open(options: SignedSpaceOptions): Promise<SignedSpace> {
    const { storage, driver, space, name } = options
    const signed = new SignedSpace(options)
    const stored = await storage.load()
    if (!(await driver.areSigned(space, stored)))
      throw new StorageError(
        `the store contains changes of '${name}' without a valid signature. It is damaged, or the authority of the cluster was replaced: give this member another storage`,
      )
    const surplus = signed.#replica.restore(stored)
    storage.write(surplus.map(each => ({ type: 'removed', stored: each })))
    const { facts } = signed.#replica
    facts.watch(change => storage.write([change]))
    signed.#removeSource = storage.addSource(() => facts.all())
    return signed
  }

  get writers(): WriterList {
    return this.#options.writers
  }

  /** The space tag of the changes. */
  get tag(): string {
    return this.#options.space
  }

  enter(listener: SignedSpaceListener): void {
    const { driver, space, incarnation } = this.#options
    this.#listener = listener
    driver.enter(space, this.#replica, this, incarnation)
  }

  /** Leaves the space when all changes so far are signed. */
  leave(): void {
    const { driver, space } = this.#options
    this.close()
    if (this.#pending === 0) driver.leave(space)
    else void this.#signing.then(() => driver.leave(space))
  }

  /** The room was left: nothing arrives any more. */
  close(): void {
    if (!this.#listener) return
    this.#listener = undefined
    this.stored().then(this.#removeSource, this.#removeSource)
  }

  /** Whether this member may write now. */
  get canWrite(): boolean {
    const { mayWrite, self, notifications, grants } = this.#options
    return mayWrite({ author: self, epochMs: notifications.clock.now().epochMs, grants: grants() })
  }

  document(name: string): SignedDocument {
    return this.#replica.document(name)
  }

  /** 16 bytes that the caller must not change: the hash of all changes. */
  hash(): Uint8Array {
    return this.#replica.facts.hash()
  }

  hasSpaceFor(bytes: number, isCheckpoint: boolean): boolean {
    return this.#replica.hasSpaceFor(bytes, isCheckpoint)
  }

  /** Signs and publishes an update of this member. */
  publish(document: string, update: Uint8Array, isCheckpoint: boolean): void {
    const { driver, space, notifications, grants } = this.#options
    const { epochMs } = notifications.clock.now()
    const replaces = isCheckpoint ? this.document(document).replacedIds() : []
    const changes = changesOf(update, { document, epochMs, isCheckpoint, replaces, grants: grants() })
    this.#publishing.add(update)
    const publishing = driver.publish(space, changes)
    if (!publishing) {
      this.#publishing.delete(update)
      return
    }
    this.#pending += 1
    const ended = () => {
      this.#publishing.delete(update)
      this.#pending -= 1
    }
    this.#signing = Promise.all([this.#signing, publishing.then(ended, ended)])
  }

  /** Asks some members which changes they have. `changesAgreed` reports each member with the same ones. */
  requestFactIds(): void {
    this.#options.driver.requestFactIds(this.#options.space)
  }

  /** Resolves when all changes so far are signed. */
  async signed(): Promise<void> {
    await this.#signing
  }

  /** Resolves when all changes so far are signed and stored. @throws {StorageError} */
  async stored(): Promise<void> {
    await this.#signing
    await this.#options.storage.stored()
  }

  factsAgreed(memberId: string): void {
    this.#listener?.changesAgreed(memberId)
  }

  stepped(): void {
    for (const document of this.#replica.takeMisdated()) this.#signAgain(document)
    this.#listener?.changesStepped()
  }

  /**
   * This member signed changes while its clock was ahead, and other members reject them. The checkpoint contains these
   * changes, and replaces them.
   */
  #signAgain(document: string): void {
    const whole = mergedUpdate([...this.document(document).updates()])
    const isPossible = whole && whole.length <= limits.maxSignedDocumentBytes && this.canWrite
    if (isPossible && this.hasSpaceFor(whole.length, true)) this.publish(document, whole, true)
  }

  #arrived(document: string, update: Uint8Array): void {
    if (!isOneOf(update, this.#publishing)) this.#listener?.updateArrived(document, update)
  }
}

/** Whether the update was published here. An update in one part is the same object; one in several parts was joined again. */
function isOneOf(update: Uint8Array, published: ReadonlySet<Uint8Array>): boolean {
  for (const each of published)
    if (each === update || (each.length === update.length && each.every((byte, i) => byte === update[i])))
      return true
  return false
}
