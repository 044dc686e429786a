/** Room options: the checked options of a room, with defaults filled in. */
import type { WriterList } from '../spaces/writer-rule.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames, type OptionNames } from './option-names.ts'
import { areSameSecrets, checkSecret, secretBytes } from './secret.ts'
import { areSameWriters, checkedWriters, type Writers } from './writers.ts'

/** Options of `cluster.room`. Each member applies its own options, so all members should pass the same ones. */
export interface RoomOptions {
  /**
   * Ids of the members that may write the documents of the room, or a role in a cluster with an authority:
   * `{ role: 'editor' }`. Members then sign their changes, and every member rejects changes of all other authors, no matter
   * which member forwards them. Presence, awareness and broadcasts of the room stay open to all. All members should pass the
   * same writers. Limits and costs: see the README, "Documents with writers".
   *
   * @default 'anyone': all members may write, and changes are not signed
   */
  writers?: Writers
  /**
   * Makes the room private: the room's secret, 16 to 1,024 characters of a well-formed string, which stand for their UTF-8
   * bytes, or 16 to 1,024 bytes. Only members with the same name and the same secret are in the same room. Members without
   * the secret cannot read or write anything in the room, and see neither its name nor which members are in it. Members without
   * the secret see only how much data the members of the room exchange, and when. The stored documents are encrypted with a key
   * that comes from the secret. Use random characters, such as the output of `openssl rand -base64 32`: a secret that can be
   * guessed protects nothing.
   *
   * A member in the room can pass the secret on. To exclude a member, the others agree on another secret, leave the room, and
   * enter it with the new secret. The room with the new secret is a new room, without the content of the old one.
   *
   * @default none: every member of the cluster that knows or guesses the name can enter the room
   */
  secret?: string | Uint8Array | undefined
}

export interface RoomSettings {
  readonly writers: WriterList
  /** The bytes of the room's secret. Undefined: the room is not private. */
  readonly secret: Uint8Array | undefined
}

const names: OptionNames<RoomOptions> = { writers: true, secret: true }

/**
 * Checks the options and fills in the defaults.
 *
 * @param isMemberId whether a string is a member id. A view over a port leaves that to the member, because the check is large
 * @throws {InvalidOptionsError}
 */
export function roomSettings(options: RoomOptions, isMemberId: (id: string) => boolean): RoomSettings {
  checkOptionNames('room', options, names, '{ writers: [cluster.self.id] }, or none')
  const { writers = 'anyone', secret } = options
  if (secret !== undefined) checkSecret('room: secret', secret)
  return {
    writers: checkedWriters(writers, isMemberId),
    secret: secret === undefined ? undefined : secretBytes(secret),
  }
}

/** Checks that a room that is already open is opened again with equal options. @throws {InvalidOptionsError} */
export function checkSameRoom(name: string, open: RoomSettings, again: RoomSettings): void {
  if (!areSameWriters(open.writers, again.writers) || !areSameSecrets(open.secret, again.secret))
    throw new InvalidOptionsError(`room: '${name}' is open with other options. Leave it first`)
}
