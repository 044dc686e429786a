/** Key values over a datastore: LevelDB in a folder, IndexedDB in a browser, memory, or a datastore of the app. */
import { type Datastore, Key } from 'interface-datastore'
import type { KeyValues } from './key-values.ts'
import { EphemeralDatastore, isRecoverable } from './recoverable-datastore.ts'

export function datastoreKeyValues(datastore: Datastore): KeyValues {
  const isEphemeral = datastore instanceof EphemeralDatastore
  const read: KeyValues['read'] = async prefix => {
    const found: [string, Uint8Array][] = []
    for await (const { key, value } of datastore.query({ prefix: `${prefix}/` }))
      found.push([key.toString(), value])
    return found.sort(([a], [b]) => (a < b ? -1 : 1))
  }
  if (isRecoverable(datastore))
    return {
      isEphemeral,
      read,
      write: (changes, options) => datastore.write(changes, options),
      recover: () => datastore.recover(),
    }
  return {
    isEphemeral,
    read,
    async write(changes) {
      if (changes.length === 0) return
      const batch = datastore.batch()
      for (const { key, value } of changes) {
        if (value) batch.put(new Key(key), value)
        else batch.delete(new Key(key))
      }
      await batch.commit()
    },
  }
}
