/** Storage targets: a damaged store gives a `StorageError` or a readable state, and no other error. */
import { MemoryDatastore } from 'datastore-core'
import fc from 'fast-check'
import { Key } from 'interface-datastore'
import * as Y from 'yjs'
import { StorageError } from '../../packages/core/src/api/errors.ts'
import { loadIdentity } from '../../packages/core/src/libp2p/identity.ts'
import { printEpoch } from '../../packages/core/src/spaces/documents/epochs/epoch.ts'
import { FactStorage } from '../../packages/core/src/storage/fact-storage.ts'
import { identityKey, memberStorage } from '../../packages/core/src/storage/member-storage.ts'
import type { StoredUpdate } from '../../packages/core/src/storage/stored-epochs.ts'
import { UpdateLog } from '../../packages/core/src/storage/update-log.ts'
import { WriteQueue } from '../../packages/core/src/storage/write-queue.ts'
import { encodeSpaceRumors } from '../../packages/core/src/wire/space-codec.ts'
import { ManualClock } from '../../packages/core/test/helpers/manual-clock.ts'
import { field, join } from '../../packages/core/test/wire/codec-helpers.ts'
import { spaceFacts } from '../../packages/core/test/wire/space-arbitraries.ts'
import { testTag } from '../helpers/signed-facts.ts'
import { asyncBytesTarget, bytesTarget } from './decoder-target.ts'
import type { Target } from './target.ts'
import { fieldsOf } from './wire-fields.ts'
import { randomUpdates, writtenUpdates } from './yjs-updates.ts'

const prefix = '/hearsay/space/a'
const toBytes = (text: string) => new TextEncoder().encode(text)

/** A queue in front of a store with these values, which accepts every write and forgets it. */
function queueOf(stored: readonly StoredUpdate[]): WriteQueue {
  const keyValues = { read: async () => stored, write: async () => {} }
  return new WriteQueue({ keyValues, clock: new ManualClock() })
}

async function damagedAtWorst(read: () => Promise<unknown>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
  }
}

const update = fc.oneof(writtenUpdates(fc.integer({ min: 1, max: 4 })), randomUpdates)
const epoch = fc.record({
  number: fc.nat(3),
  id: fc.constantFrom(1, 2).map(byte => new Uint8Array(16).fill(byte)),
})
const folder = fc.oneof(
  fc.constant(''),
  epoch.map(each => `/${printEpoch(each)}`),
)
const name = fc.oneof(
  fc.nat(300).map(number => `${String(number).padStart(15, '0')}-one`),
  fc.nat(300).map(number => `${String(number).padStart(15, '0')}-one-base`),
  fc.nat(300).map(number => `past-${number}`),
  fc.nat(300).map(number => `superseded-${String(number).padStart(15, '0')}-one`),
  fc.constantFrom('epoch', 'x', ''),
)
/** The values of a stored document: a message with a field for each, of a key and a value. */
const storedDocument = fc
  .array(
    fc.tuple(
      folder,
      name,
      fc.oneof(
        update,
        epoch.map(({ id }) => id),
      ),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map(entries =>
    join(
      ...entries.map(([folder, name, value]) =>
        field(1, join(field(1, toBytes(`${prefix}${folder}/${name}`)), field(2, value))),
      ),
    ),
  )

export const storageTargets: readonly Target[] = [
  asyncBytesTarget({
    name: 'stored-facts',
    arbitrary: spaceFacts.map(encodeSpaceRumors),
    format: 'protobuf',
    check: bytes => damagedAtWorst(() => new FactStorage(queueOf([['key', bytes]]), prefix).load()),
  }),
  asyncBytesTarget({
    name: 'stored-member',
    arbitrary: fc.oneof(
      fc.maxSafeNat().map(incarnation => toBytes(String(incarnation))),
      fc
        .array(fc.constant('/ip4/10.9.0.1/tcp/1'), { maxLength: 4 })
        .map(each => toBytes(JSON.stringify(each))),
    ),
    format: 'other',
    runs: 1_000,
    check: async bytes => {
      const datastore = new MemoryDatastore()
      const { incarnation, cachedPeers } = memberStorage(datastore, testTag)
      for (const { key } of [incarnation.change(1), cachedPeers.change([])])
        datastore.put(new Key(key), bytes)
      datastore.put(identityKey, bytes)
      await damagedAtWorst(() => incarnation.read())
      await damagedAtWorst(() => cachedPeers.read())
      await damagedAtWorst(() => loadIdentity(datastore))
    },
  }),
  bytesTarget({
    name: 'stored-documents',
    arbitrary: storedDocument,
    format: 'protobuf',
    runs: 1_000,
    begin: () => bytes => {
      const stored = entriesOf(bytes)
      try {
        const log = new UpdateLog({
          queue: queueOf(stored),
          clock: new ManualClock(),
          prefix,
          writerId: 'one',
          stored,
          isEphemeral: false,
        })
        const doc = new Y.Doc({ guid: '' })
        log.open(doc)
        log.close()
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
      }
    },
  }),
]

/** The keys and values in the fields of a message, in the order of the keys. */
function entriesOf(bytes: Uint8Array): StoredUpdate[] {
  const entries = (fieldsOf(bytes) ?? []).map(({ content }): StoredUpdate => {
    const [key, value] = fieldsOf(content) ?? []
    const name = new TextDecoder().decode(key?.content)
    return [name.startsWith(prefix) ? name : `${prefix}/${name}`, Uint8Array.from(value?.content ?? [])]
  })
  return entries.sort(([a], [b]) => (a < b ? -1 : 1))
}
