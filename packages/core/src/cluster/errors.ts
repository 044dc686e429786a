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

/** The store cannot be opened or read: damaged, foreign, or in use by another process. It was left as it is. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The cluster is not running: not started yet, or left. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError'
}
