/**
 * The attack kit: runs every attack of attacks.ts against a cluster of real processes, and prints a table.
 *
 * Prints progress to stderr, and the table or JSON to stdout. The exit code is 1 if an attack broke a bound. An attack whose
 * defence does not exist yet is a broken bound like any other.
 */
import { attacks } from './attacks.ts'
import { Clusters } from './clusters.ts'
import { measureJoins } from './joins.ts'
import { measure } from './measure.ts'
import { readOptions } from './options.ts'
import { cellsOf, heads, type Row, tableOf } from './print-table.ts'
import { brokenBounds } from './verdict.ts'
import { measureWebRTCJoins } from './web-rtc/joins.ts'

/** Our choice: the usual time is the slowest of three runs, because one kill may be seen early by chance. */
const usualRuns = 3

const options = readOptions()

// The exit handlers end the members and the attackers, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

process.exit((options.joins === undefined ? await runTable() : await runJoins(options.joins)) ? 0 : 1)

/** @returns whether all bounds hold */
async function runTable(): Promise<boolean> {
  const { members, only, by, json } = options
  const clusters = new Clusters(members)
  const rows: Row[] = []
  for (let run = 1; run <= usualRuns; run++) {
    const figures = await measure(await clusters.current())
    rows.push(progress({ name: 'no attack', by: '–', figures, broken: [] }))
  }
  const usual = { deadMs: Math.max(...rows.map(({ figures }) => figures.deadMs ?? Number.POSITIVE_INFINITY)) }
  for (const asked of ['stranger', 'member'] as const)
    for (const attack of attacks) {
      if (!attack.by.includes(asked) || !only.includes(attack.name) || (by ?? asked) !== asked) continue
      const figures = await measure(await clusters.current(), { ...attack, asked })
      const broken = brokenBounds(attack, figures, { by: asked, members, usual })
      rows.push(progress({ name: attack.name, by: asked, figures, broken }))
      // The next attack may use the cluster again after an attack by a stranger that broke no bound.
      if (asked === 'member' || broken.length > 0) await clusters.discard()
    }
  await clusters.discard()
  if (json) console.log(JSON.stringify({ members, usualDeadMs: usual.deadMs, rows }, null, 2))
  else console.log(tableOf([heads, ...rows.map(cellsOf)]))
  return rows.every(({ broken }) => broken.length === 0)
}

function progress(row: Row): Row {
  console.error(cellsOf(row).join('  '))
  return row
}

/** @returns whether no stranger was admitted */
async function runJoins(joins: number): Promise<boolean> {
  const clusters = new Clusters(options.members)
  const { webRTC } = options
  const progress = (counted: object) => console.error(JSON.stringify(counted))
  const figures = await measureJoins(await clusters.current(), { joins: joins - webRTC, progress })
  const pages =
    webRTC > 0 && (await measureWebRTCJoins(await clusters.current(), { joins: webRTC, progress }))
  await clusters.discard()
  console.log(JSON.stringify(pages ? { ...figures, webRTC: pages } : figures, null, 2))
  return [figures, ...(pages ? [pages] : [])].every(
    ({ gotIn, lost, joins }) => gotIn === 0 && lost === 0 && joins['confidential values learned'] === 0,
  )
}
