/** Table: the figures of both subjects side by side, with the ratio of the first to the second. Below 1 is better. */
import type { Figures } from './parts.ts'

export interface Section {
  readonly title: string
  readonly ours: Figures
  readonly theirs: Figures
}

type Row = readonly [figure: string, ours: string, theirs: string, ratio: string]

export function table(sections: readonly Section[]): string {
  const rows: Row[] = sections.flatMap(({ title, ours, theirs }) => [
    [title, 'hearsay', 'y-websocket', 'ratio'] as const,
    ...Object.keys({ ...ours, ...theirs }).map(
      figure =>
        [
          `  ${figure}`,
          shown(ours[figure]),
          shown(theirs[figure]),
          ratio(ours[figure], theirs[figure]),
        ] as const,
    ),
  ])
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(...rows.map(row => row[column].length))
  const [names, ours, theirs, ratios] = [width(0), width(1), width(2), width(3)]
  return rows
    .map(
      row =>
        `${row[0].padEnd(names)}  ${row[1].padStart(ours)}  ${row[2].padStart(theirs)}  ${row[3].padStart(ratios)}`,
    )
    .join('\n')
}

const shown = (value: number | null | undefined): string => value?.toLocaleString('en') ?? '–'

function ratio(ours: number | null | undefined, theirs: number | null | undefined): string {
  return ours === null || ours === undefined || !theirs ? '–' : (ours / theirs).toFixed(2)
}
