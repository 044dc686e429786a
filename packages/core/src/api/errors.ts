/** Errors that an app may see, named by their cause. */

/** An option, or a name, cannot be used or is unknown; the message names it and says what would do. Nothing was started or changed. */
export class InvalidOptionsError extends Error {
  override readonly name = 'InvalidOptionsError'
}

/** A value cannot be shared: JSON would change it, or it is too large; the message says where and why. Nothing changed. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError'
}

/** This member may not do that here: somebody else has the right. Nothing changed. */
export class NotAllowedError extends Error {
  override readonly name = 'NotAllowedError'
}

/** A listen address cannot be had: in use, not of this machine, or not allowed. Nothing is left running. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * The store cannot be opened, read or written: damaged, foreign, in use by another process, full, read-only or deleted.
 * The message says what to do. A damaged or foreign store was left as it is; what could not be written stays in memory
 * and is tried again while the member runs.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The cluster is not running: not started yet, or left. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError'
}
