/**
 * Member keyring: the keys of the cluster in one member. The keyring reads keyring facts, changes the keys, and passes the keys
 * to the transport.
 *
 * Loaded only in clusters with a secret. Keys that other members spread are stored, so that this member still has them
 * after a restart. A secret that its owner gave as an option is not stored.
 */
import type { Clock } from '../base/clock.ts'
import { andThen } from '../base/maybe-async.ts'
import type { MachineInput } from '../member/machine-io.ts'
import { KeyringKind } from '../policy/keyring-kind.ts'
import { adoptedKeyring, type KeyringState, keyIn } from '../policy/keyring-state.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import { draftFact, type PolicyFact } from '../wire/fact.ts'
import { type KeyringKey, keyringKey, maxKeys, sealKeyring } from '../wire/keyring-fact.ts'
import { type Signer, signedBytes } from '../wire/signing.ts'

export interface MemberKeyringOptions {
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** The author of this member's changes: its own id, or the authority if this member has the authority's key. */
  readonly self: string
  /** Signs as this author. */
  readonly keys: Signer
  readonly clock: Clock
  /** The keys of the options, the primary first. */
  readonly given: readonly KeyringKey[]
  /** The keyring that an earlier process stored. */
  readonly stored: KeyringState | undefined
  /** The key that stands for a secret in this cluster. */
  readonly keyOf: (secret: string | Uint8Array) => Uint8Array
  /** The key that hides the names of topics, derived from the first key in `given`. */
  readonly topics: Uint8Array
  readonly store: (state: KeyringState) => void
  /** Whether this author may change the keys. @default every member */
  readonly mayChange?: (author: string) => boolean
}

export class MemberKeyring {
  readonly kind: KeyringKind
  readonly #options: MemberKeyringOptions
  #state: KeyringState
  #changed: () => void = () => {}
  #handle: (input: MachineInput) => void = () => {}

  constructor(options: MemberKeyringOptions) {
    const { given, stored, topics, cluster, mayChange } = options
    this.#options = options
    this.#state = stored
      ? adoptedKeyring(stored, stored.version, given)
      : { version: 0, keys: given, removed: [], topics }
    this.kind = new KeyringKind({
      cluster,
      keys: () => this.#state.keys,
      ...(mayChange && { mayChange }),
    })
  }

  get state(): KeyringState {
    return this.#state
  }

  /** Whether this member may change the keys. */
  get mayChange(): boolean {
    const { mayChange, self } = this.#options
    return mayChange?.(self) ?? true
  }

  /** The key that stands for a secret in this cluster. @param addedEpochMs 0: an option or a ticket contains it */
  keyOf(secret: string | Uint8Array, addedEpochMs: number): KeyringKey {
    return keyringKey(this.#options.keyOf(secret), addedEpochMs)
  }

  /** Whether the primary key of the options was removed from the cluster. */
  get isReplaced(): boolean {
    const [primary] = this.#options.given
    return primary !== undefined && this.#state.removed.includes(primary.fingerprint)
  }

  /** @param changed called after each change of the keys @param handle passes an input to the membership machine */
  attach(changed: () => void, handle: (input: MachineInput) => void): void {
    this.#changed = changed
    this.#handle = handle
  }

  /** A policy fact was merged. Of facts with the same version, the policy set merges the one that counts last. */
  merged(fact: PolicyFact): void {
    const { version } = this.#state
    const isDated = isPlausibleTimestamp(version, this.#options.clock.now().epochMs)
    if (fact.type !== 'keyring' || (fact.version < version && isDated)) return
    const content = this.kind.contentOf(fact)
    if (content) this.#adopt(adoptedKeyring(content, fact.version, this.#options.given))
  }

  /**
   * This member accepts and proves the key of a later ticket, too, unless the key was removed from the cluster. A member that
   * was away while the keys were replaced needs that key.
   */
  accept({ key, secret }: { readonly key?: Uint8Array | undefined; secret: Uint8Array | undefined }): void {
    const accepted = key ? keyringKey(key, 0) : secret && this.keyOf(secret, 0)
    if (!accepted || keyIn(this.#state, accepted.fingerprint)) return
    const { keys } = this.#state
    const withSpace = { ...this.#state, keys: keys.slice(0, maxKeys - 1) }
    this.#adopt(adoptedKeyring(withSpace, withSpace.version, [accepted]))
  }

  /** Publishes this state, which this member has from now on. */
  async publish(next: KeyringState): Promise<void> {
    const { cluster, self, keys } = this.#options
    const { version, keys: kept, removed } = next
    // Members that have only a present key that the next state lacks must still open the fact, unless the key was removed: a
    // removed key opens nothing that is written after its removal.
    const before = this.#state.keys.filter(
      key =>
        !removed.includes(key.fingerprint) &&
        !kept.some(({ fingerprint }) => fingerprint === key.fingerprint),
    )
    const body = sealKeyring(cluster, version, next, [...kept, ...before], newNonce)
    const draft = draftFact(self, body)
    const signature = await andThen(keys.sign(signedBytes(cluster, draft)), each => each)
    const fact = { ...draft, signature } as PolicyFact
    this.#handle({ type: 'policy', fact })
  }

  #adopt(state: KeyringState): void {
    this.#state = state
    this.#options.store(state)
    this.#changed()
  }
}

const nonceBytes = 24
const newNonce = (): Uint8Array => crypto.getRandomValues(new Uint8Array(nonceBytes))
