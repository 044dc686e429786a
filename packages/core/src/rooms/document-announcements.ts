/**
 * Holdings: which documents of a room a member has open, as it announces them in a reserved field of its presence.
 *
 * A member announces them when it enters, none included: so of each member in a room it is known what it holds, or
 * known that this is not known yet. What others announce is read with care: it is whatever they sent.
 */

import { firstEpoch, isSameEpoch, printEpoch, readEpoch } from '../spaces/documents/epochs/epoch.ts'
import type { EpochName } from '../wire/epoch-name.ts'
import type { Json } from '../wire/json.ts'
import { limits } from '../wire/limits.ts'

export interface DocumentAnnouncement {
  /** The client id under which the member writes. */
  readonly client: number
  readonly isSynced: boolean
  /** Of a replica that is not synced: its digest; undefined: it is empty, or synced. */
  readonly digest: string | undefined
  /** The member would fill the document if it were empty. */
  readonly isSeeder: boolean
  /** Not the app has it open: the member carries it for others. */
  readonly isCarried: boolean
  /** In which the replica is; undefined: in none yet. */
  readonly epoch: EpochName | undefined
  /** The digest with which the member would begin the next epoch; undefined: it would not, now. */
  readonly agreed: string | undefined
  /** The ids of the document must stay as they are: something else at the member follows them. */
  readonly keepsIds: boolean
}

export type DocumentAnnouncements = ReadonlyMap<string, DocumentAnnouncement>

/** One letter a key: the field is sent again when any document changes its state. */
export function printAnnouncements(announcements: DocumentAnnouncements): Json {
  return Object.fromEntries(
    [...announcements].map(([name, { client, digest, epoch, agreed, ...announcement }]) => [
      name,
      {
        c: client,
        ...(announcement.isSynced && { s: 1 }),
        ...(digest !== undefined && { d: digest }),
        ...(announcement.isSeeder && { e: 1 }),
        ...(announcement.isCarried && { r: 1 }),
        ...(epoch && { p: isSameEpoch(epoch, firstEpoch) ? 0 : printEpoch(epoch) }),
        ...(agreed !== undefined && { a: agreed }),
        ...(announcement.keepsIds && { k: 1 }),
      },
    ]),
  )
}

const read = new WeakMap<object, DocumentAnnouncements>()

/** Undefined: the member has not announced anything. */
export function readAnnouncements(value: Json | undefined): DocumentAnnouncements | undefined {
  if (!isObject(value)) return undefined
  const known = read.get(value)
  if (known) return known
  const entries = Object.entries(value).slice(0, limits.maxDocuments)
  const announcements = new Map(
    entries.flatMap(([name, announcement]) =>
      isObject(announcement) ? [[name, readAnnouncement(announcement)] as const] : [],
    ),
  )
  read.set(value, announcements)
  return announcements
}

function readAnnouncement({
  c,
  s,
  d,
  e,
  r,
  p,
  a,
  k,
}: Readonly<Record<string, Json | undefined>>): DocumentAnnouncement {
  return {
    client: typeof c === 'number' ? c : 0,
    isSynced: s === 1,
    digest: typeof d === 'string' ? d : undefined,
    isSeeder: e === 1,
    isCarried: r === 1,
    epoch: p === 0 ? firstEpoch : typeof p === 'string' ? readEpoch(p) : undefined,
    agreed: typeof a === 'string' ? a : undefined,
    keepsIds: k === 1,
  }
}

export const maxUnreachable = 32

/** Ids of members. */
export function readUnreachable(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.filter(id => typeof id === 'string').slice(0, maxUnreachable)
}

function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
