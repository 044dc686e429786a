/** Text table: rows below titles. Each column is as wide as its widest text; the last one is not padded. */
import { styleText } from 'node:util'
import stringWidth from 'string-width'
import { left } from './column.ts'

export function printTable(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of tableLines(titles, rows)) console.log(line)
}

export function tableLines(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = titles.map((title, i) =>
    Math.max(stringWidth(title), ...rows.map(row => stringWidth(row[i] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => left(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [styleText('dim', line(titles)), ...rows.map(line)]
}
