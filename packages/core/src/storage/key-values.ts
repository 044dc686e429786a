/** Key values: the interface of a store that outlives a process, and the error of a store with other content. */
import { StorageError } from '../api/errors.ts'

/**
 * Values by key that outlive the process. Keys are paths, like `/hearsay/…`.
 *
 * After a failed write, a store with `recover` rejects all writes until `recover` has succeeded, because records that
 * LevelDB appends behind a torn record cannot be read again.
 */
export interface KeyValues {
  /** Whether the store ends with the process. If so, callers need not write large values at all. @default false */
  readonly isEphemeral?: boolean
  /** The values under a path, in the order of their keys. */
  read(prefix: string): Promise<readonly (readonly [key: string, value: Uint8Array])[]>
  /**
   * Writes all of the changes or none. Resolves when a reopened store would contain these changes and all earlier ones that
   * resolved. An empty list writes nothing and only checks this.
   *
   * @param options sync: these and all earlier changes also survive a power loss @default false
   */
  write(changes: readonly KeyValueChange[], options?: { readonly sync?: boolean }): Promise<void>
  /**
   * After a failed write: opens the store again and compares it with the acknowledged writes. Absent if the store needs no
   * recovery and the failed write can simply be repeated.
   *
   * @returns `lost` if an acknowledged write is missing: everything has to be written again
   */
  recover?(): Promise<'intact' | 'lost'>
}

/**
 * Path of rooms and shared configs. A member can merge every value under this path, regardless of the member that wrote the
 * value.
 */
export const spacesPath = '/hearsay/space'

/** The error of a store that contains something else than this member wrote. @param found what the store contains, and where */
export function damagedError(found: string): StorageError {
  return new StorageError(
    `the store contains ${found}: it is damaged or not hearsay's. Restore a copy or give another storage`,
  )
}

/** A change of one key. An undefined value deletes the key. */
export interface KeyValueChange {
  readonly key: string
  readonly value: Uint8Array | undefined
}
