/** Incarnation store: this member's last incarnation, kept over a restart. Writes are in order, the newest wins. */
import { type Datastore, Key } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { StorageError } from '../cluster/errors.ts'

export class IncarnationStore {
  readonly #datastore: Datastore
  readonly #key: Key
  #last: Promise<void> = Promise.resolve()

  /** @param cluster the cluster tag. */
  constructor(datastore: Datastore, cluster: Uint8Array) {
    this.#datastore = datastore
    this.#key = new Key(`/hearsay/incarnation/${toText(cluster, 'base32')}`)
  }

  /** @throws {StorageError} if what stands there is no incarnation. */
  async read(): Promise<number | undefined> {
    if (!(await this.#datastore.has(this.#key))) return undefined
    const text = toText(await this.#datastore.get(this.#key))
    const incarnation = Number(text)
    if (text === '' || !Number.isSafeInteger(incarnation) || incarnation < 0)
      throw new StorageError(
        `the store holds '${text.slice(0, 40)}' where the incarnation should be: it is damaged`,
      )
    return incarnation
  }

  write(incarnation: number, failed: (error: unknown) => void): void {
    const put = async () => void (await this.#datastore.put(this.#key, fromString(String(incarnation))))
    this.#last = this.#last.then(put).catch(failed)
  }

  /** Resolves when all writes are done. */
  settled(): Promise<void> {
    return this.#last
  }
}
