/**
 * Tables: how each store of a cluster is written as a table, and read from one.
 *
 * The row of an object is the object itself, so rows stay the same objects as long as the objects do.
 */
import type { Health, Heartbeat, Member, Other } from '@hearsay/core'
import type { Row, Table } from './table.ts'

/** How one store is written as a table, and read. */
export interface TableCodec<T> {
  write(value: T): Table
  /** Called once for each table. */
  read(table: Table): T
}

const rowOf = (value: object): Row => value as Row

export const membersCodec: TableCodec<readonly Member[]> = {
  write: members => new Map(members.map(member => [member.id, rowOf(member)])),
  read: table => sortedRows(table).map(([, row]) => row as unknown as Member),
}

export const heartbeatsCodec: TableCodec<ReadonlyMap<string, Heartbeat>> = {
  write: heartbeats => new Map([...heartbeats].map(([id, heartbeat]) => [id, rowOf(heartbeat)])),
  read: table => table as unknown as ReadonlyMap<string, Heartbeat>,
}

/** The members in a room: their ids alone, because the cluster's members have the rest. */
export const writeIds = (members: readonly Member[]): Table =>
  new Map(members.map(({ id }) => [id, emptyRow]))

export const healthCodec: TableCodec<Health | undefined> = {
  write: health => new Map(health ? [['', rowOf(health)]] : []),
  read: table => table.get('') as unknown as Health | undefined,
}

/** Each codec keeps the objects that it read before, as long as their rows are the same. */
export function othersCodec(): TableCodec<readonly Other<object>[]> {
  const read = new WeakMap<Row, Other<object>>()
  return {
    write: others => new Map(others.map(({ id, presence }) => [id, rowOf(presence)])),
    read: table =>
      sortedRows(table).map(([id, presence]) => {
        const other = read.get(presence) ?? Object.freeze({ id, presence })
        read.set(presence, other)
        return other
      }),
  }
}

const emptyRow: Row = Object.freeze({})

/** Ordered by key, as all lists of members are. */
const sortedRows = (table: Table): [string, Row][] =>
  [...table].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
