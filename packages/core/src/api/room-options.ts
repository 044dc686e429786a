/** Room options: the checked options of a room, with defaults filled in. */
import type { WriterList } from '../spaces/writer-rule.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames, type OptionNames } from './option-names.ts'
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
}

export interface RoomSettings {
  readonly writers: WriterList
}

const names: OptionNames<RoomOptions> = { writers: true }

/**
 * Checks the options and fills in the defaults.
 *
 * @param isMemberId whether a string is a member id. A view over a port leaves that to the member, because the check is large
 * @throws {InvalidOptionsError}
 */
export function roomSettings(options: RoomOptions, isMemberId: (id: string) => boolean): RoomSettings {
  checkOptionNames('room', options, names, '{ writers: [cluster.self.id] }, or none')
  const { writers = 'anyone' } = options
  return { writers: checkedWriters(writers, isMemberId) }
}

/** Checks that a room that is already open is opened again with equal options. @throws {InvalidOptionsError} */
export function checkSameRoom(name: string, open: RoomSettings, again: RoomSettings): void {
  if (!areSameWriters(open.writers, again.writers))
    throw new InvalidOptionsError(`room: '${name}' is open with other options. Leave it first`)
}
