/**
 * Keyring state: the keys of a cluster as one member has them, and how they change.
 *
 * Each change gives a new state with a greater version. The states of all members are ordered by version, and the latest one
 * counts everywhere. The topics come from the first key of the cluster, and no change of keys changes them.
 */
import { isPlausibleTimestamp } from '../wire/checks.ts'
import { type KeyringContent, type KeyringKey, maxKeys, maxRemovedKeys } from '../wire/keyring-fact.ts'

export interface KeyringState extends KeyringContent {
  /** When the state was written, in epoch milliseconds; 0: the keys are those of the options. */
  readonly version: number
}

/** The reason why a member cannot add, use or remove a key. */
export type KeyringRefusal = 'full' | 'known' | 'removed' | 'unknown' | 'primary'

export type KeyringChange =
  | { readonly type: 'add'; readonly key: KeyringKey }
  | { readonly type: 'use' | 'remove'; readonly fingerprint: string }

/** The state after the change, or why there is none. */
export function changedKeyring(
  state: KeyringState,
  change: KeyringChange,
  epochMs: number,
): KeyringState | KeyringRefusal {
  // A version from a clock that was ahead counts at no other member.
  const version = isPlausibleTimestamp(state.version, epochMs)
    ? Math.max(state.version + 1, epochMs)
    : epochMs
  const { keys, removed } = state
  if (change.type === 'add') {
    const { key } = change
    if (keyIn(state, key.fingerprint)) return 'known'
    if (removed.includes(key.fingerprint)) return 'removed'
    return keys.length < maxKeys ? { ...state, version, keys: [...keys, key] } : 'full'
  }
  const key = keyIn(state, change.fingerprint)
  if (!key) return 'unknown'
  const others = keys.filter(other => other !== key)
  if (change.type === 'use') return { ...state, version, keys: [key, ...others] }
  if (key === keys[0]) return 'primary'
  return { ...state, version, keys: others, removed: [...removed, key.fingerprint].slice(-maxRemovedKeys) }
}

/**
 * The state of this member after it received a later content. The state contains the keys of the member's options as well,
 * unless they were removed from the cluster. So a key that the app passed is not lost.
 */
export function adoptedKeyring(
  content: KeyringContent,
  version: number,
  given: readonly KeyringKey[],
): KeyringState {
  const state = { ...content, version }
  const further = given.filter(
    ({ fingerprint }) => !keyIn(state, fingerprint) && !content.removed.includes(fingerprint),
  )
  return { ...state, keys: [...content.keys, ...further].slice(0, maxKeys) }
}

export function keyIn({ keys }: Pick<KeyringContent, 'keys'>, fingerprint: string): KeyringKey | undefined {
  return keys.find(key => key.fingerprint === fingerprint)
}
