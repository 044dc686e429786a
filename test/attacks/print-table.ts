/** Print table: the rows of `pnpm attack` with aligned columns. README.md in this folder explains the columns. */
import type { Figures } from './measure.ts'

export interface Row {
  readonly name: string
  readonly by: 'stranger' | 'member' | '–'
  readonly figures: Figures
  readonly broken: readonly string[]
}

export const heads = [
  'attack',
  'by',
  'lost',
  'false deaths',
  'dead ms',
  'seen ms',
  'suspects',
  'strangers',
  'MB peak',
  'MB kept',
  'refused',
  'counted',
  'broken',
] as const

export function cellsOf({ name, by, figures, broken }: Row): string[] {
  const { lost, falseDeaths, deadMs, seenMs, suspects, strangersSeen, residentGrowthMb, keptGrowthMb } =
    figures
  return [
    name,
    by,
    ...[lost, falseDeaths, deadMs ?? 'never', seenMs ?? 'never', suspects, strangersSeen].map(String),
    ...[residentGrowthMb, keptGrowthMb].map(String),
    listed(figures.refused),
    listed(figures.counted),
    broken.length === 0 ? '–' : broken.join(', '),
  ]
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ') || '–'

export function tableOf(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map(line => line[column]?.length ?? 0)),
  )
  return lines
    .map(line =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
