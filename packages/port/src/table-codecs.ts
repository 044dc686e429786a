/**
 * Table codecs: how each store of a cluster is written as a table, and read from one.
 *
 * The row of an object is the object itself, so rows stay the same objects as long as the objects do.
 */
import type { ConfigVersion, Convergence, Health, Heartbeat, Member, Other } from '@hearsay/core'
import type { Row, Table } from './table.ts'

/** How one store is written as a table, and read. */
export interface TableCodec<T> {
  write(value: T): Table
  /** Called once for each table. */
  read(table: Table): T
}

const rowOf = (value: object): Row => value as Row

// Functions, not codecs, because a page loads only those that read.
export const writeMembers = (members: readonly Member[]): Table =>
  new Map(members.map(member => [member.id, rowOf(member)]))

export const readMembers = (table: Table): readonly Member[] =>
  sortedRows(table).map(([, row]) => row as unknown as Member)

export const writeHeartbeats = (heartbeats: ReadonlyMap<string, Heartbeat>): Table =>
  new Map([...heartbeats].map(([id, heartbeat]) => [id, rowOf(heartbeat)]))

export const readHeartbeats = (table: Table): ReadonlyMap<string, Heartbeat> =>
  table as unknown as ReadonlyMap<string, Heartbeat>

/** The members in a room: their ids alone, because the cluster's members have the rest. */
export const writeIds = (members: readonly Member[]): Table =>
  new Map(members.map(({ id }) => [id, emptyRow]))

/** A store with one object, such as the health or the convergence. */
export const writeObject = (value: object): Table => new Map([['', rowOf(value)]])

export const readHealth = (table: Table): Health | undefined => table.get('') as unknown as Health | undefined

const notMeasured: Convergence = { agreeing: 0, known: 0, sinceMs: undefined, differing: [], missing: [] }

export const readConvergence = (table: Table): Convergence =>
  (table.get('') as unknown as Convergence | undefined) ?? notMeasured

/**
 * The row of a member has a column for each field of its presence and one for each of its views. Each codec keeps the rows
 * that it wrote and the objects that it read before.
 */
export function othersCodec(): TableCodec<readonly Other<object>[]> {
  const written = new WeakMap<Other<object>, Row>()
  const read = new WeakMap<Row, Other<object>>()
  const latest = new Map<string, Other<object>>()
  const rowOfOther = ({ presence, views }: Other<object>): Row => ({
    ...withPrefix(fieldPrefix, Object.entries(presence)),
    ...withPrefix(
      viewPrefix,
      views.map(({ id, presence }) => [id, presence]),
    ),
  })
  const otherOf = (id: string, row: Row): Other<object> => {
    const before = latest.get(id)
    const presence = sameFields(before?.presence, Object.fromEntries(columnsWith(fieldPrefix, row)))
    const views = columnsWith(viewPrefix, row).map(([view, presence]) => {
      const known = before?.views.find(each => each.id === view)
      return known && known.presence === presence
        ? known
        : Object.freeze({ id: view, presence: Object.freeze(presence as object) })
    })
    return Object.freeze({ id, presence, views: sameList(before?.views, views) })
  }
  return {
    write: others => new Map(others.map(other => [other.id, once(written, other, rowOfOther)])),
    read(table) {
      const others = sortedRows(table).map(([id, row]) => once(read, row, () => otherOf(id, row)))
      latest.clear()
      for (const other of others) latest.set(other.id, other)
      return others
    },
  }
}

const fieldPrefix = 'field:'
const viewPrefix = 'view:'

const withPrefix = (prefix: string, entries: readonly (readonly [string, unknown])[]): Row =>
  Object.fromEntries(entries.map(([name, value]) => [prefix + name, value]))

const columnsWith = (prefix: string, row: Row): [string, unknown][] =>
  Object.entries(row).flatMap(([column, value]) =>
    column.startsWith(prefix) ? [[column.slice(prefix.length), value] as [string, unknown]] : [],
  )

/** The object that was shown before, if both have the same values. Values that did not change are the same objects. */
function sameFields(before: object | undefined, after: object): object {
  const fields = Object.entries(after)
  const isSame =
    before !== undefined &&
    fields.length === Object.keys(before).length &&
    fields.every(([name, value]) => Object.hasOwn(before, name) && Object.is(rowOf(before)[name], value))
  return isSame ? before : Object.freeze(after)
}

/** The list that was shown before, if both have the same elements. */
export function sameList<T>(before: readonly T[] | undefined, after: readonly T[]): readonly T[] {
  const isSame = before?.length === after.length && after.every((each, i) => each === before[i])
  return before && isSame ? before : Object.freeze(after)
}

type Histories = ReadonlyMap<string, readonly ConfigVersion[]>
/** The name of the column with the ids of the entries, newest first. No entry has this id. */
const order = 'order'

/**
 * The row of a key has a column for each entry, named by its id, so that a new entry is sent alone. Each codec keeps
 * the rows that it wrote and the lists that it read before.
 */
export function historiesCodec(): TableCodec<Histories> {
  const written = new WeakMap<readonly ConfigVersion[], Row>()
  const read = new WeakMap<Row, readonly ConfigVersion[]>()
  const rowOf = (versions: readonly ConfigVersion[]): Row => {
    const columns = versions.map(version => [version.id, version] as const)
    return { ...Object.fromEntries(columns), [order]: columns.map(([id]) => id).join(' ') }
  }
  const listOf = (row: Row): readonly ConfigVersion[] =>
    Object.freeze(`${row[order]}`.split(' ').map(id => Object.freeze(row[id] as ConfigVersion)))
  return {
    write: histories => new Map([...histories].map(([key, list]) => [key, once(written, list, rowOf)])),
    read: table => new Map([...table].map(([key, row]) => [key, once(read, row, listOf)])),
  }
}

/** The value that `make` returned for this object before, or returns now. */
function once<Key extends object, Value>(
  made: WeakMap<Key, Value>,
  key: Key,
  make: (key: Key) => Value,
): Value {
  const value = made.get(key) ?? make(key)
  made.set(key, value)
  return value
}

const emptyRow: Row = Object.freeze({})

/** Ordered by key, as all lists of members are. */
const sortedRows = (table: Table): [string, Row][] =>
  [...table].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
