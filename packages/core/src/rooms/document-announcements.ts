/**
 * Document announcements: the documents of a room that a member has open. The member announces them in a
 * reserved presence field.
 *
 * A member announces its documents when it joins, even if it has none open. So other members can distinguish
 * a member without documents from a member whose announcement has not arrived yet. The reader checks every
 * value, because a member may send anything.
 */

import { firstEpoch, isSameEpoch, printEpoch, readEpoch } from '../spaces/documents/epochs/epoch.ts'
import { isPlainObject } from '../wire/checks.ts'
import type { EpochName } from '../wire/epoch-name.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'

export interface DocumentAnnouncement {
  /** The client id under which the member writes. */
  readonly client: number
  readonly isSynced: boolean
  /** Digest of a replica that is not synced; undefined: the replica is empty or synced. */
  readonly digest: string | undefined
  /** The member has a seed, with which it would fill an empty document. */
  readonly isSeeder: boolean
  /** The member carries the document for others; its app has not opened it. */
  readonly isCarried: boolean
  /** The epoch of the replica; undefined: the replica is in no epoch yet. */
  readonly epoch: EpochName | undefined
  /** The digest with which the member would begin the next epoch; undefined: the member would not begin it now. */
  readonly agreed: string | undefined
  /** The ids of the document must not change: something else at the member depends on them. */
  readonly keepsIds: boolean
}

export type DocumentAnnouncements = ReadonlyMap<string, DocumentAnnouncement>

/**
 * The keys have one letter each, because the whole field is sent again when the state of any document
 * changes.
 */
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

/** @returns undefined: the member has announced nothing */
export function readAnnouncements(value: Json | undefined): DocumentAnnouncements | undefined {
  if (!isPlainObject(value)) return undefined
  const known = read.get(value)
  if (known) return known
  const entries = Object.entries(value).slice(0, limits.maxDocuments)
  const announcements = new Map(
    entries.flatMap(([name, announcement]) =>
      isPlainObject(announcement) ? [[name, readAnnouncement(announcement)] as const] : [],
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

/** Reads the ids of unreachable members. */
export function readUnreachable(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.filter(id => typeof id === 'string').slice(0, maxUnreachable)
}
