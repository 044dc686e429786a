/** Errors that an app may receive, each named by its cause. */

/**
 * An option or a name is unknown or unusable. The message names it and says which values are valid. Nothing was started
 * or changed.
 */
export class InvalidOptionsError extends Error {
  override readonly name = 'InvalidOptionsError'
}

/**
 * A value cannot be shared: JSON would change it, or it is too large. The message says where and why. Nothing changed.
 */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError'
}

/** This member lacks the right to do this: only other members may write here. Nothing changed. */
export class NotAllowedError extends Error {
  override readonly name = 'NotAllowedError'
}

/**
 * The member cannot listen on an address: another process uses the port, this machine does not have the address, or the
 * process lacks the right. The message says which. Nothing is left running.
 */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * The store cannot be opened, read or written: it is damaged, not hearsay's, in use by another process, full, read-only
 * or deleted. The message says what to do.
 *
 * - While the store is opened or read: it stays as it is.
 * - After a failed write: the data stays in memory, other members receive it, and the write is repeated while the member
 *   runs, at least every 30 s. `health().storage` is `failing` until the store has taken all writes. Writes that were
 *   acknowledged before are not lost.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The cluster has not started or was left, or the room or config was left. Nothing changed. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError'
}
