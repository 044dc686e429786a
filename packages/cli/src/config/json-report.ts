/** JSON report: the output of `hearsay config … --json`; nothing else is printed to stdout. */
import type { ConfigVersion } from '@hearsay/core'
import { jsonLines } from '../join/json-lines.ts'
import { printJson } from '../terminal/output.ts'
import type { Entry, Report } from './report.ts'

const entry = ({ key, value, by, atMs: at }: Entry) => printJson({ event: 'entry', key, value, by, at })
const version = ({ from, to, by, atMs: at }: ConfigVersion) => ({ from, to, by, at })

export const jsonReport: Report = {
  value: entry,
  list: entries => entries.forEach(entry),
  history(key, versions) {
    for (const each of versions) printJson({ event: 'version', key, ...version(each) })
  },
  // The name `heldBy` stays: it is part of the output that other programs read.
  written: (key, value, storedBy) =>
    printJson({ event: 'written', key, value, heldBy: storedBy, at: Date.now() }),
  ready: jsonLines.ready,
  change: ({ key, value, previous, by, atMs: at }) =>
    printJson({ event: 'change', key, value, previous, by, at }),
  conflict: ({ key, winner, loser }) =>
    printJson({ event: 'conflict', key, winner: version(winner), loser: version(loser) }),
}
