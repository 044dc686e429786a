/** Key values: the interface of a store that outlives a process. */

/**
 * What outlives a process, by key. Keys are paths, like `/hearsay/…`; of one prefix only what is under that path.
 *
 * After a write that failed, a store that can be recovered refuses every further write until `recover` has succeeded:
 * what LevelDB appends behind a torn record cannot be read again.
 */
export interface KeyValues {
  /** Whether all of it ends with the process: then large values need not be written at all. @default false */
  readonly isEphemeral?: boolean
  /** In the order of their keys. */
  read(prefix: string): Promise<readonly (readonly [key: string, value: Uint8Array])[]>
  /**
   * All of it or nothing. Resolves when a store that is opened again would show these changes and all earlier ones that
   * resolved; without changes it only checks that.
   *
   * @param options sync: they, and all earlier ones, also survive a power loss @default false
   */
  write(changes: readonly KeyValueChange[], options?: { readonly sync?: boolean }): Promise<void>
  /**
   * After a failed write: opens the store again and compares it with what was acknowledged. Absent: a store that needs
   * no such thing, where the failed write is simply repeated.
   *
   * @returns `lost` if something acknowledged is not there any more: everything has to be written again
   */
  recover?(): Promise<'intact' | 'lost'>
}

/** What is kept of rooms and shared configs is under this path. All of it merges, whoever wrote it. */
export const spacesPath = '/hearsay/space'

/** Without a value the key is deleted. */
export interface KeyValueChange {
  readonly key: string
  readonly value: Uint8Array | undefined
}
