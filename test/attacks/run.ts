/**
 * The attack kit: runs every attack of attacks.ts against a cluster of real processes, and prints a table.
 *
 * Prints progress to stderr, and the table or JSON to stdout. The exit code is 1 if an attack broke a bound. An attack whose
 * defence does not exist yet is a broken bound like any other.
 */
import { attacks } from './attacks.ts'
import { Clusters } from './clusters.ts'
import { measureJoins } from './joins.ts'
import { type Figures, measure } from './measure.ts'
import { readOptions } from './options.ts'
import { cellsOf, heads, type Row, tableOf } from './print-table.ts'
import { brokenBounds } from './verdict.ts'

/** Our choice: the usual time is the slowest of three runs, because one kill may be seen early by chance. */
const usualRuns = 3

const options = readOptions()

// The exit handlers end the members and the attackers, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

process.exit((options.joins === undefined ? await runTable() : await runJoins(options.joins)) ? 0 : 1)

/** @returns whether all bounds hold */
async function runTable(): Promise<boolean> {
  const { members, only, by, json } = options
  const usualFigures: Figures[] = []
  const clusters = new Clusters(members)
  for (let run = 1; run <= usualRuns; run++) {
    const figures = await measure(await clusters.fit())
    usualFigures.push(figures)
    progress('no attack', figures, [])
  }
  const usual = { deadMs: Math.max(...usualFigures.map(({ deadMs }) => deadMs ?? Number.POSITIVE_INFINITY)) }
  const rows: Row[] = usualFigures.map(figures => ({ name: 'no attack', by: '–', figures, broken: [] }))
  for (const asked of ['stranger', 'member'] as const)
    for (const attack of attacks) {
      if (!attack.by.includes(asked) || (only ?? attack.name) !== attack.name || (by ?? asked) !== asked)
        continue
      const figures = await measure(await clusters.fit(), { ...attack, asked })
      const broken = brokenBounds(attack, figures, { by: asked, members, usual })
      rows.push({ name: attack.name, by: asked, figures, broken })
      progress(`${attack.name} by a ${asked}`, figures, broken)
      // A stranger that broke nothing left nothing behind.
      if (asked === 'member' || broken.length > 0) await clusters.discard()
    }
  await clusters.discard()
  if (json) console.log(JSON.stringify({ members, usualDeadMs: usual.deadMs, rows }, null, 2))
  else console.log(tableOf([heads, ...rows.map(cellsOf)]))
  return rows.every(({ broken }) => broken.length === 0)
}

function progress(what: string, { deadMs, seenMs }: Figures, broken: readonly string[]): void {
  const result = broken.length === 0 ? 'holds' : broken.join(', ')
  console.error(`${what.padEnd(36)}dead ${deadMs ?? 'never'} ms, seen ${seenMs ?? 'never'} ms: ${result}`)
}

/** @returns whether nobody got in */
async function runJoins(joins: number): Promise<boolean> {
  const figures = await measureJoins({
    members: options.members,
    joins,
    progress: counted => console.error(JSON.stringify(counted)),
  })
  console.log(JSON.stringify(figures, null, 2))
  return figures.gotIn === 0 && figures.lost === 0 && figures.joins['confidential values learned'] === 0
}
