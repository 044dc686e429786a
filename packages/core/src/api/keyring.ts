/** Keyring: the interface through which an app lists and changes the keys of a cluster with a secret, while members run. */

/** Several secrets of a cluster, at most 4. Each one has the form of the option `secret`. */
export interface KeyringOptions {
  /** The key that this member proves first. */
  readonly primary: string | Uint8Array
  /** Further keys that this member accepts and proves. @default [] */
  readonly accepted?: readonly (string | Uint8Array)[]
}

/** Description of one key, without the key itself. */
export interface KeyInfo {
  /** 16 hexadecimal digits. The key cannot be computed from them. */
  readonly fingerprint: string
  /** Whether members prove this key first. */
  readonly primary: boolean
  /** When the key was added, in epoch milliseconds of the member that added it. Undefined: the key came from an option. */
  readonly addedAtMs: number | undefined
}

/** Which members have which keys. */
export interface KeyHolders {
  /** Fingerprint → the ids of the members that have this key, this member included. */
  readonly holders: Readonly<Record<string, readonly string[]>>
  /** The ids of members that are alive and have not answered, for example because they run an earlier version. */
  readonly silent: readonly string[]
  /** Whether this member may change the keys. In a cluster with an authority, only members that have its key may. */
  readonly mayChange: boolean
}

/**
 * The keys of the cluster. A change spreads to all members, and only members with a key of the cluster can read it. Members
 * that are away receive the change when they return, if they still have an accepted key. Of two concurrent changes, the later
 * one counts.
 *
 * To rotate a secret: `add` the new key, `use` it when all members have it, and `remove` the old one.
 *
 * In a cluster with an authority, only members with the option `authority` change the keys; all members can list them. Tickets
 * made after `use` contain the new key. Tickets made before `use` admit nobody after `remove`, except members whose storage has
 * the new key.
 *
 * All methods reject with a {@link NotRunningError} if the cluster has not started or was left, and with a
 * {@link NotAllowedError} if the cluster has no secret. `add`, `use` and `remove` also reject with a {@link NotAllowedError} if
 * this member may not change the keys, or while the clock of this machine differs by more than a day from those of most
 * connected members.
 */
export interface Keyring {
  /** The keys, the primary one first. */
  list(): Promise<readonly KeyInfo[]>
  /** Asks all members for the fingerprints of their keys. Resolves within 2 s. */
  holders(): Promise<KeyHolders>
  /**
   * Adds a key, which all members accept from then on. Adding a key that the cluster already has changes nothing.
   *
   * @param key a secret in the form of the option `secret`
   * @returns the fingerprint
   * @throws {InvalidOptionsError} the key is unusable or was removed before, or the cluster has 4 keys already. Nothing
   *   changed.
   */
  add(key: string | Uint8Array): Promise<string>
  /**
   * Makes a key the primary one.
   *
   * @param key a fingerprint or the secret
   * @throws {InvalidOptionsError} there is no such key. Nothing changed.
   */
  use(key: string | Uint8Array): Promise<void>
  /**
   * Removes a key permanently. Connections that this key admitted close within 5 s, unless both ends have a remaining key.
   *
   * @param key a fingerprint or the secret
   * @param options `force`: do not check whether all members have the primary key. Members that have only the removed key are
   *   then cut off @default false
   * @throws {InvalidOptionsError} there is no such key, it is the primary one, or a member that is alive does not have the
   *   primary key. Nothing changed.
   */
  remove(key: string | Uint8Array, options?: { readonly force?: boolean }): Promise<void>
}
