/** Counting datastore: in memory; it counts all bytes that are written to it, keys included. */
import { MemoryDatastore } from 'datastore-core'
import type { Key } from 'interface-datastore'

export class CountingDatastore extends MemoryDatastore {
  bytes = 0

  // A batch calls this, too.
  override put(key: Key, value: Uint8Array): Key | Promise<Key> {
    this.bytes += key.toString().length + value.length
    return super.put(key, value)
  }
}
