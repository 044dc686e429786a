/**
 * Open mode: whether other users of the machine can open a file or a folder that contains a secret.
 *
 * As OpenSSH does for private keys, hearsay looks only at what belongs to its own user: orchestrators mount files and
 * folders with modes of their own. Windows has no modes.
 */
import type { Stats } from 'node:fs'

/** The bits of a mode that concern the group and all other users. */
const othersBits = 0o077

/**
 * Whether other users can open a file or folder of the own user.
 *
 * @returns its mode in octal digits, such as `0644`; undefined if they cannot, or if it belongs to another user
 */
export function openMode({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): string | undefined {
  if (uid !== process.getuid?.() || (mode & othersBits) === 0) return undefined
  return `0${(mode & 0o777).toString(8)}`
}
