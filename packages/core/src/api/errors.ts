/** Errors that an app may receive, each named by its cause. */

/**
 * An option or a name is unknown or unusable. The message contains the option or name and the valid values.
 * Nothing was started or changed.
 */
export class InvalidOptionsError extends Error {
  override readonly name = 'InvalidOptionsError'
}

/**
 * A value cannot be shared because JSON would change the value, or because the value is too large. The
 * message says which part is invalid and why. Nothing changed.
 */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError'
}

/**
 * This member sends more than other members accept from one member. In rooms: more than 256 KiB of broadcasts a second after a
 * burst of 1 MiB, in all rooms together. In the cluster: more queries and broadcasts than `Cluster.query` says. Nothing was
 * sent. Broadcast or ask less often, or share larger data in a document.
 */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError'
}

/**
 * This member may not do this: it is not a writer of the config or document, it may not invite or revoke, or the cluster has no
 * keys that a member could change. The message names the missing right. Or the clock of this machine is wrong, so other members
 * would not accept what this member signs. Nothing changed.
 */
export class NotAllowedError extends Error {
  override readonly name = 'NotAllowedError'
}

/**
 * The member cannot listen on an address: another process uses the port, this machine does not have the
 * address, or the process lacks the right. The message says which of these is the cause. Nothing is left
 * running.
 */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * The store cannot be opened, read or written: it is damaged, not hearsay's, in use by another process, full, read-only
 * or deleted. The message says what to do.
 *
 * - If the store cannot be opened or read, it is left unchanged.
 * - After a failed write: the data stays in memory, other members receive it, and the write is repeated while the member
 *   runs, at least every 30 s. `Health.storage` is `failing` until the store has taken all writes. Writes that were
 *   acknowledged before are not lost.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The cluster has not started or was left, or the room or config was left. Nothing changed. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError'
}
