/**
 * Text table: rows below titles. A cell may contain foreign text, and has no style. Each column is as wide as its widest text;
 * the last one is not padded.
 */
import { styleText } from 'node:util'
import { printable } from './format.ts'

/** The width of a text in terminal cells. */
export type WidthOf = (text: string) => number

export function tableLines(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  widthOf: WidthOf,
): string[] {
  const shown = rows.map(row => row.map(printable))
  const widths = titles.map((title, i) =>
    Math.max(widthOf(title), ...shown.map(row => widthOf(row[i] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd()
  return [styleText('dim', line(titles)), ...shown.map(line)]
}

/** Prints the table. The code that measures any text takes a fifth of a short command, so it is loaded only if needed. */
export async function printTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const widthOf: WidthOf = rows.flat().every(isPlain)
    ? text => text.length
    : (await import('./column.ts')).widthOf
  for (const line of tableLines(titles, rows, widthOf)) console.log(line)
}

/** Whether each character is one cell wide. */
const isPlain = (text: string): boolean => /^[\x20-\x7e…–]*$/.test(text)
