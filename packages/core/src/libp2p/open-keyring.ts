/** Open keyring: the keys with which a member starts, from its options and its store. Loaded only in clusters with a secret. */
import type { Datastore } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { MemberOptions } from '../api/member-options.ts'
import type { Clock } from '../base/clock.ts'
import type { KeyringState } from '../policy/keyring-state.ts'
import type { HostPolicy } from '../runtime/engine.ts'
import { MemberKeyring } from '../runtime/member-keyring.ts'
import { openPolicy } from '../storage/policy-storage.ts'
import { StoredValue } from '../storage/stored-value.ts'
import type { WriteQueue } from '../storage/write-queue.ts'
import { admissionAnswer } from '../wire/admission.ts'
import { keysOfSecretKey, secretKey } from '../wire/cluster-keys.ts'
import { keyringKey, maxKeys, removedKey } from '../wire/keyring-fact.ts'
import type { Signer } from '../wire/signing.ts'
import type { TransportKeys } from './transport.ts'

export interface OpenKeyringOptions {
  readonly init: Pick<MemberOptions, 'secret' | 'keyring'> & { readonly cluster: string }
  readonly self: string
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly keys: Signer
  readonly clock: Clock
  readonly datastore: Datastore
  readonly writes: WriteQueue
}

export interface OpenedKeyring {
  readonly keyring: MemberKeyring
  /** The keyring as a fact about the cluster. */
  readonly policy: HostPolicy
  readonly keys: TransportKeys
  /** The tokens by which members find each other in a local network, that of the primary key first. */
  readonly tokens: () => readonly string[]
}

/** @throws {StorageError} the stored keys are damaged */
export async function openKeyring({
  init,
  datastore,
  writes,
  ...options
}: OpenKeyringOptions): Promise<OpenedKeyring> {
  const { cluster } = options
  const { primary = init.secret ?? '', accepted = [] } = init.keyring ?? {}
  const given = [primary, ...accepted].map(secret => keyringKey(secretKey(init.cluster, secret), 0))
  const stored = new StoredValue<KeyringState>({ datastore, cluster, name: 'keyring', parse, print })
  const keyring = new MemberKeyring({
    ...options,
    given,
    stored: await stored.read(),
    topics: keysOfSecretKey(given[0]?.key ?? new Uint8Array()).topics,
    store: state => writes.push([stored.change(state)], { sync: true }),
  })
  const all = () =>
    keyring.state.keys.map(({ key, fingerprint }) => ({ id: fingerprint, keys: keysOfSecretKey(key) }))
  return {
    keyring,
    policy: openPolicy({ kinds: { keyring: keyring.kind } }, writes, cluster),
    keys: {
      admission: () => all().map(({ id, keys }) => ({ id, key: keys.admission })),
      removed: {
        async ask(own, prove) {
          const [primary] = own
          // A member of an earlier version counts the question as a wrong proof, and checks only four wrong proofs.
          if (!primary || own.length >= maxKeys) return false
          return typeof (await prove(removedKey(primary.id))) === 'object'
        },
        answer(session, request) {
          for (const key of keyring.state.removed.map(removedKey)) {
            const answer = admissionAnswer({ ...session, key }, request, { relay: false })
            if (answer) return answer
          }
          return undefined
        },
      },
      topics: () => topicsOf(keyring.state),
    },
    tokens: () => all().map(({ keys }) => keys.discovery),
  }
}

/**
 * Before the first change of the keys, a member with several keys in its options does not know which of them was the first key
 * of the cluster. So it listens on the topics of all of them.
 */
function topicsOf({ version, topics, keys }: KeyringState): { topics: Uint8Array }[] {
  return [{ topics }, ...(version === 0 ? keys.slice(1).map(({ key }) => keysOfSecretKey(key)) : [])]
}

interface StoredKeyring {
  readonly version: number
  readonly keys: readonly { readonly key: string; readonly addedEpochMs: number }[]
  readonly removed: readonly string[]
  readonly topics: string
}

function print({ version, keys, removed, topics }: KeyringState): string {
  const stored: StoredKeyring = {
    version,
    keys: keys.map(({ key, addedEpochMs }) => ({ key: toText(key, 'base64'), addedEpochMs })),
    removed,
    topics: toText(topics, 'base64'),
  }
  return JSON.stringify(stored)
}

function parse(text: string): KeyringState | undefined {
  try {
    const { version, keys, removed, topics } = JSON.parse(text) as StoredKeyring
    return {
      version,
      keys: keys.map(({ key, addedEpochMs }) => keyringKey(fromString(key, 'base64'), addedEpochMs)),
      removed: removed.map(String),
      topics: fromString(topics, 'base64'),
    }
  } catch {
    return undefined
  }
}
