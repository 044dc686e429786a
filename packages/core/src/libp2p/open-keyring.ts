/**
 * Open keyring: the keys with which a member starts, from its options and its store. Loaded only in clusters with a secret.
 *
 * In a cluster with an authority, the authority alone changes the keys. So all members agree on the latest keyring, whatever
 * revocations they have received, and no admin can cut off another one.
 */
import type { Datastore } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { MemberOptions } from '../api/member-options.ts'
import { secretBytes } from '../api/secret.ts'
import type { Named } from '../api/ticket.ts'
import type { Clock } from '../base/clock.ts'
import type { TicketContent } from '../grants/ticket-codec.ts'
import type { KeyringState } from '../policy/keyring-state.ts'
import type { HostPolicy } from '../runtime/engine.ts'
import type { SeedKey } from '../runtime/member-authority.ts'
import { MemberKeyring, type MemberKeyringOptions } from '../runtime/member-keyring.ts'
import { openPolicy } from '../storage/policy-storage.ts'
import { StoredValue } from '../storage/stored-value.ts'
import type { WriteQueue } from '../storage/write-queue.ts'
import { admissionAnswer } from '../wire/admission.ts'
import { type SecretKeys, secretKeys } from '../wire/cluster-keys.ts'
import { keyringKey, maxKeys, removedKey } from '../wire/keyring-fact.ts'
import { keyFromMemberId } from '../wire/member-id.ts'
import type { Signer } from '../wire/signing.ts'
import type { TransportKeys } from './transport.ts'

export interface OpenKeyringOptions {
  readonly init: Pick<Named<MemberOptions>, 'cluster' | 'secret' | 'keyring' | 'ticketContent'>
  readonly self: string
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly keys: Signer
  readonly clock: Clock
  readonly datastore: Datastore
  readonly writes: WriteQueue
  /** The id of the authority, and its key if this member has it. @default the cluster has no authority */
  readonly authority?: { readonly id: string; readonly key: SeedKey | undefined }
}

export interface OpenedKeyring {
  readonly keyring: MemberKeyring
  readonly keys: TransportKeys
  /** The tokens by which members find each other in a local network, that of the primary key first. */
  readonly tokens: () => readonly string[]
  /** What a new ticket contains: the secret, or the primary key after a change of it. */
  readonly ticketKeys: () => Pick<TicketContent, 'secret' | 'key'>
}

/** The keyring as the only fact about a cluster without an authority. */
export function policyOf(
  { kind }: MemberKeyring,
  { writes, cluster }: Pick<OpenKeyringOptions, 'writes' | 'cluster'>,
): HostPolicy {
  return openPolicy({ kinds: { keyring: kind } }, writes, cluster)
}

/** @throws {StorageError} the stored keys are damaged */
export async function openKeyring({
  init,
  datastore,
  writes,
  authority,
  ...options
}: OpenKeyringOptions): Promise<OpenedKeyring> {
  const { cluster } = options
  const { primary = init.secret ?? '', accepted = [] } = init.keyring ?? {}
  const ofTicket = init.ticketContent?.key
  const { keyOf, keysOf } = secretKeys(init.cluster, authority && keyFromMemberId(authority.id))
  const given = (ofTicket ? [ofTicket] : [primary, ...accepted].map(keyOf)).map(key => keyringKey(key, 0))
  const stored = new StoredValue<KeyringState>({ datastore, cluster, name: 'keyring', parse, print })
  const keyring = new MemberKeyring({
    ...options,
    ...(authority && authorship(authority)),
    keyOf,
    given,
    stored: await stored.read(),
    topics: keysOf(given[0]?.key ?? new Uint8Array()).topics,
    store: state => writes.push([stored.change(state)], { sync: true }),
  })
  const all = () => keyring.state.keys.map(({ key, fingerprint }) => ({ id: fingerprint, keys: keysOf(key) }))
  return {
    keyring,
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
      topics: () => topicsOf(keyring.state, keysOf),
    },
    tokens: () => [...new Set(all().map(({ keys }) => keys.discovery))],
    ticketKeys() {
      const [primary] = keyring.state.keys
      const isGiven = !ofTicket && primary?.fingerprint === given[0]?.fingerprint
      return isGiven && init.secret !== undefined
        ? { secret: secretBytes(init.secret) }
        : { secret: undefined, key: primary?.key }
    },
  }
}

/** The options by which only the authority changes the keys. */
function authorship({
  id,
  key,
}: NonNullable<OpenKeyringOptions['authority']>): Pick<MemberKeyringOptions, 'mayChange'> &
  Partial<Pick<MemberKeyringOptions, 'self' | 'keys'>> {
  return { mayChange: author => author === id, ...(key && { self: key.id, keys: key }) }
}

/**
 * Before the first change of the keys, a member with several keys in its options does not know which of them was the first key
 * of the cluster. So the member listens on the topics of all its keys.
 */
function topicsOf(
  { version, topics, keys }: KeyringState,
  keysOf: SecretKeys['keysOf'],
): { topics: Uint8Array }[] {
  return [{ topics }, ...(version === 0 ? keys.slice(1).map(({ key }) => keysOf(key)) : [])]
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
