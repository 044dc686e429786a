/**
 * Table: the content of a store as rows with columns, and the difference between two tables.
 *
 * A view receives differences only. Rows and values that did not change stay the same objects, on both sides of a port.
 */

import { equalityDeep } from 'lib0/function'

/** Column → value. A column with the value undefined is absent. */
export type Row = Readonly<Record<string, unknown>>

/** Row key → row. */
export type Table = ReadonlyMap<string, Row>

/** The changes that turn one table into another. */
export interface TableDiff {
  /** Changed rows: the columns that have new values, and the names of removed columns. */
  readonly changed: readonly (readonly [key: string, values: Row, removed: readonly string[]])[]
  /** Keys of removed rows. */
  readonly removed: readonly string[]
}

export const emptyTable: Table = new Map()

/** @returns undefined: the tables are equal */
export function diffTables(before: Table, after: Table): TableDiff | undefined {
  const changed: TableDiff['changed'][number][] = []
  for (const [key, row] of after) {
    const known = before.get(key)
    if (known === row) continue
    const values = Object.entries(row).filter(
      ([column, value]) => value !== undefined && !isSame(value, known?.[column]),
    )
    const removed = Object.keys(known ?? {}).filter(
      column => known?.[column] !== undefined && row[column] === undefined,
    )
    if (!known || values.length + removed.length > 0) changed.push([key, Object.fromEntries(values), removed])
  }
  const removed = [...before.keys()].filter(key => !after.has(key))
  return changed.length + removed.length > 0 ? { changed, removed } : undefined
}

/** Compares objects by content, because each record of a member may bring a new object with equal tags. */
const isSame = (a: unknown, b: unknown): boolean => Object.is(a, b) || equalityDeep(a, b)

/** @returns the table after the change. Rows that the difference does not name stay the same objects */
export function applyDiff(table: Table, { changed, removed }: TableDiff): Table {
  const next = new Map(table)
  for (const key of removed) next.delete(key)
  for (const [key, values, columns] of changed) {
    const row: Record<string, unknown> = { ...next.get(key), ...values }
    for (const column of columns) delete row[column]
    next.set(key, Object.freeze(row))
  }
  return next
}
